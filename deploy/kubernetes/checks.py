"""Faults of the manifests that can be seen without a cluster: names, references, probes, rights and settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from deploy.kubernetes.objects import Given, Pod, Tree, name_of, pods
from runtime.settings import BadSettings, load

#: Programs of ours that answer on the probe port; the two others end by themselves.
_ENDS: Final = frozenset({"prepare"})
#: Only these may see the authority's key.
_SIGNERS: Final = frozenset({"furnish", "keeper"})
_AUTHORITY: Final = "dolbom-authority"
_PATHS: Final = {"startupProbe": "/live", "livenessProbe": "/live", "readinessProbe": "/ready"}
#: Its readiness must not take the broker, in whose pod it is, from the homes.
_NEVER_ASKED_READY: Final = frozenset({"keeper"})


def faults(objects: Sequence[Tree], given: Given) -> list[str]:
    """Name every fault of these objects; `given` is what others make."""
    found = [
        *selector_faults(objects),
        *(f"{name_of(one)}: a secret in a file" for one in objects if one["kind"] == "Secret"),
    ]
    for pod in pods(objects):
        for fault in (
            *reference_faults(pod, objects, given),
            *container_faults(pod),
            *stop_faults(pod, objects, given),
        ):
            found.append(f"{pod.name}: {fault}")
        for container in pod.containers:
            told = f"{pod.name}: {container['name']}"
            found += [f"{told}: {fault}" for fault in settings_faults(pod, container, objects, given)]
    return found


def selector_faults(objects: Sequence[Tree]) -> Iterator[str]:
    """Look whether each selector finds a pod, and each port of a service one of its containers."""
    all_pods = list(pods(objects))
    for one in objects:
        match one["kind"]:
            case "Service" | "PodDisruptionBudget" | "Deployment" | "StatefulSet":
                wanted = one["spec"]["selector"]
                found = [pod for pod in all_pods if pod.fits(wanted.get("matchLabels", wanted))]
                if not found:
                    yield f"{name_of(one)}: selects nobody"
                for port in one["spec"].get("ports", ()):
                    if not any(port["targetPort"] in pod.ports() for pod in found):
                        yield f"{name_of(one)}: nobody has a port {port['targetPort']}"
            case "ScaledObject":
                if one["spec"]["scaleTargetRef"]["name"] not in {pod.name for pod in all_pods}:
                    yield f"{name_of(one)}: scales nobody"


def reference_faults(pod: Pod, objects: Sequence[Tree], given: Given) -> Iterator[str]:
    """Look whether everything that a pod names is there, or is given by others."""
    maps = {one["metadata"]["name"] for one in objects if one["kind"] == "ConfigMap"} | given.maps.keys()
    yield from (f"no config map {name}" for name in sorted(pod.named("configMap") - maps))
    yield from (f"no secret {name}" for name in sorted(pod.named("secret") - given.secrets.keys()))
    for secret, key in sorted(pod.keys("secret")):
        if key not in given.secrets.get(secret, {}):
            yield f"the secret {secret} has no {key}"
    volumes = {volume["name"] for volume in pod.spec.get("volumes", ())} | pod.claims
    for container in pod.containers:
        mounted = {mount["name"] for mount in container.get("volumeMounts", ())}
        yield from (f"{container['name']}: no volume {name}" for name in sorted(mounted - volumes))
        signs = _AUTHORITY in {pod.secret_of(name) for name in mounted}
        if signs and container["name"] not in _SIGNERS:
            yield f"{container['name']}: sees the authority's key"


def container_faults(pod: Pod) -> Iterator[str]:
    """Look whether each container has as few rights as it needs, is probed, and has its share of the machine."""
    context = pod.spec.get("securityContext", {})
    if not context.get("runAsNonRoot") or context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "runs as whoever it likes"
    if pod.spec.get("automountServiceAccountToken") is not False:
        yield "holds a key to the cluster"
    for container in pod.containers:
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{container['name']}: may get more rights"
        if not own.get("readOnlyRootFilesystem"):
            yield f"{container['name']}: may write into its image"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or {"cpu", "memory"} - resources.get("requests", {}).keys():
            yield f"{container['name']}: no share of memory or processor"
        if "cpu" in resources.get("limits", {}):
            yield f"{container['name']}: would be throttled"
    if pod.name not in _ENDS:
        for container in pod.spec["containers"]:
            yield from (f"{container['name']}: {fault}" for fault in _probe_faults(container))


def _probe_faults(container: Tree) -> Iterator[str]:
    ports = {port["name"] for port in container.get("ports", ())}
    for probe, path in _PATHS.items():
        if probe not in container:
            if not (probe == "readinessProbe" and container["name"] in _NEVER_ASKED_READY):
                yield f"no {probe}"
            continue
        asked = container[probe].get("httpGet") or container[probe]["tcpSocket"]
        if asked["port"] not in ports:
            yield f"{probe} asks at {asked['port']}, which is no port of it"
        if asked.get("path", path) != path:
            yield f"{probe} asks for {asked['path']} and not for {path}"


def stop_faults(pod: Pod, objects: Sequence[Tree], given: Given) -> Iterator[str]:
    """Look whether a service may end by itself before it is killed."""
    for container in pod.spec["containers"]:
        told = environment(pod, container, objects, given)
        stop = float(told.get("DOLBOM_SERVICE_STOP_SECONDS", 0))
        before = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
        if pod.spec.get("terminationGracePeriodSeconds", 30) < stop + float(before[1]) + 3:
            yield f"{container['name']}: is killed before it could stop"


def settings_faults(pod: Pod, container: Tree, objects: Sequence[Tree], given: Given) -> Iterator[str]:
    """Look whether a container's settings can be used, and whether it sees the files that they name."""
    told = environment(pod, container, objects, given)
    if container["image"].split(":")[0] != "dolbom":
        return
    try:
        load(told)
    except BadSettings as fault:
        yield str(fault)
    paths = [mount["mountPath"] for mount in container.get("volumeMounts", ())]
    for name, value in told.items():
        if name.endswith("_FILE") and value and not any(value.startswith(f"{path}/") for path in paths):
            yield f"{name}: nothing is mounted at {value}"
    port = told.get("DOLBOM_SERVICE_PROBE_PORT")
    probes = [str(one["containerPort"]) for one in container.get("ports", ()) if one["name"] == "probes"]
    if probes and probes != [port]:
        yield f"probes are asked at {probes[0]} and answered at {port}"


def environment(pod: Pod, container: Tree, objects: Sequence[Tree], given: Given) -> dict[str, str]:
    """Give what a container is told, secrets as the examples have them."""
    maps: dict[str, Mapping[str, str]] = {
        one["metadata"]["name"]: one.get("data", {}) for one in objects if one["kind"] == "ConfigMap"
    }
    told: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            told |= maps.get(source["configMapRef"]["name"], {})
        else:
            told |= given.secrets.get(source["secretRef"]["name"], {})
    for one in container.get("env", ()):
        told[one["name"]] = str(one.get("value", _told(one, maps, given) or pod.name))
    return {name: value for name, value in told.items() if name.startswith("DOLBOM_")}


def _told(one: Tree, maps: Mapping[str, Mapping[str, str]], given: Given) -> Any:
    source = one.get("valueFrom", {})
    if "configMapKeyRef" in source:
        return maps.get(source["configMapKeyRef"]["name"], {}).get(source["configMapKeyRef"]["key"])
    if "secretKeyRef" in source:
        return given.secrets.get(source["secretKeyRef"]["name"], {}).get(source["secretKeyRef"]["key"])
    return None
