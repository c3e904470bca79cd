"""The policy of a home that names none: who is called when, by how bad it is."""

from typing import Final

from contracts import Hazard, Severity
from homes.model import Policy, PolicyStep, ResponderKind, When

#: Somebody may be dying: an operator has 30 s, a supervisor and the team on the road 30 s more, then everybody who
#: could go is called, twice; after three minutes without any answer 119 is.
_HIGH: Final = When(severities=(Severity.EMERGENCY, Severity.URGENT))
#: Somebody must look today: an operator has a minute, a supervisor hears after it, neighbours after five.
_MEDIUM: Final = When(severities=(Severity.CAUTION,))
#: Whoever is there must get out, or know that they were heard: at once, where the home has a siren or a speaker.
_AT_HOME: Final = When(
    hazards=(Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE, Hazard.HELP),
    severities=(Severity.EMERGENCY, Severity.URGENT),
)
_WHO_GOES: Final = (
    ResponderKind.FAMILY,
    ResponderKind.CARE_MANAGER,
    ResponderKind.VOLUNTEER,
    ResponderKind.GUARD,
)

DEFAULT: Final = Policy(
    policy_id="default",
    name="기본 (usual)",
    repeat_every_seconds=120,
    steps=(
        PolicyStep(after_seconds=0, when=_HIGH, kinds=(ResponderKind.OPERATOR,)),
        PolicyStep(after_seconds=0, when=_AT_HOME, kinds=(ResponderKind.IN_THE_HOME,)),
        PolicyStep(after_seconds=30, when=_HIGH, kinds=(ResponderKind.SUPERVISOR, ResponderKind.RESPONDER_TEAM)),
        PolicyStep(
            after_seconds=30,
            when=_HIGH,
            kinds=(ResponderKind.OPERATOR, *_WHO_GOES, ResponderKind.SUPERVISOR),
            times=2,
            again_after_seconds=60,
        ),
        PolicyStep(after_seconds=60, when=_HIGH, kinds=(ResponderKind.EMERGENCY_SERVICE,)),
        PolicyStep(after_seconds=0, when=_MEDIUM, kinds=(ResponderKind.OPERATOR,)),
        PolicyStep(after_seconds=60, when=_MEDIUM, kinds=(ResponderKind.SUPERVISOR,)),
        PolicyStep(
            after_seconds=240, when=_MEDIUM, kinds=(ResponderKind.OPERATOR, *_WHO_GOES, ResponderKind.RESPONDER_TEAM)
        ),
    ),
)
