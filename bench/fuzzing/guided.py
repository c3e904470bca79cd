"""`python -m bench.fuzzing.guided DIALECT -runs=N ...`: payloads that coverage guides; libFuzzer ends the process."""

import sys

import atheris  # type: ignore[import-untyped]  # it ships no types

with atheris.instrument_imports(include=["ingest"]):
    from bench.fuzzing.law import Witness
    from bench.fuzzing.seeds import seeds_of
    from ingest.files import load_profiles


def main(dialect: str, options: list[str]) -> None:
    """Hand every payload that libFuzzer makes to the decoder, on one of the topics that its dialect has."""
    witness = Witness(dialect=dialect, profiles=load_profiles())
    topics = sorted({topic for topic, _ in seeds_of(dialect)})

    def one(data: bytes) -> None:
        witness.hear(topics[data[0] % len(topics)] if data else "", data[1:])

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
