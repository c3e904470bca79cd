"""Who plays in the stories: a family, a care manager, a guard and a supervisor, all reached by the provider."""

from collections.abc import Callable

from contracts import ResponderId
from homes.model import Home, Policy, Responder, ResponderKind
from tests.alerts.building import POLICY, a_home
from tests.alerts.timeline.provider import Provider

KINDS = {
    "daughter": ResponderKind.FAMILY,
    "carer": ResponderKind.CARE_MANAGER,
    "guard": ResponderKind.GUARD,
    "boss": ResponderKind.SUPERVISOR,
}


def a_person(provider: Provider, name: str) -> Responder:
    """Somebody who is reached by a webhook."""
    return Responder(
        responder_id=ResponderId(name), name="홍길순", kind=KINDS[name], contacts=(provider.contact(name),)
    )


def a_cast(*names: str, policy: Policy = POLICY) -> Callable[[Provider], Home]:
    """A home whose list is these people: daughter at once, carer after 1:00, guard 2:00 later, round after 3:00."""
    chosen = names or tuple(KINDS)

    def make(provider: Provider) -> Home:
        return a_home(responders=tuple(a_person(provider, name) for name in chosen), policy=policy)

    return make
