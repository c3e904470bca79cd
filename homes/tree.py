"""Read YAML text into a plain tree, with every fault of form and its line."""

import yaml

from homes.fields import Fault


def tree_of(text: str, faults: list[Fault]) -> object:
    """Parse the text; add what is wrong with it to the faults."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        faults += _repeated_names(root)
        tree: object = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{mark.line + 1}행 {mark.column + 1}열 (line {mark.line + 1})" if mark else ""
        faults.append(Fault(place=place, message=f"YAML 형식이 아닙니다 (not YAML: {error.problem})"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        faults.append(Fault(place="", message=f"YAML 형식이 아닙니다 (not YAML: {error})"))
    else:
        return tree
    return None


def _repeated_names(root: yaml.Node | None) -> list[Fault]:
    """Find names that stand twice in one mapping; YAML would silently keep the last."""
    faults: list[Fault] = []
    seen: set[int] = set()
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            faults += [_repeated(key) for key in _later_twins([key for key, _ in node.value])]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return faults


def _later_twins(keys: list[yaml.Node]) -> list[yaml.Node]:
    return [key for place, key in enumerate(keys) if any(key.value == other.value for other in keys[:place])]


def _repeated(key: yaml.Node) -> Fault:
    line = key.start_mark.line + 1
    return Fault(
        place=f"{line}행 (line {line})", message=f"{key.value}: 같은 항목이 두 번 있습니다 (it is there twice)"
    )
