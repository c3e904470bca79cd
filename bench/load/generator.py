"""The homes' gateways in one process: so many readings a second over few lines, and presses among them.

It reads orders from its input and tells what it did on its output, one line of JSON each. Its clock is the machine's,
so that whoever hears a press later can tell how long it took.
"""

import selectors
import socket
import sys
from array import array
from collections.abc import Iterator
from typing import Final

import msgspec

from bench.load import words
from bench.load.orders import Order, Pressed, Said
from bench.load.wire import PACKET_IDS, Answers, connect, publish
from runtime import clock

LINES: Final = 8
#: What is due is said so often.
_TURN_SECONDS: Final = 0.01
_TELL_SECONDS: Final = 0.25
_CHUNK: Final = 1 << 16
#: A broker that reads nothing must not make us grow: more than this is not put before it.
_MOST_UNSENT_BYTES: Final = 4 << 20
#: No number of homes that anybody asks for is a multiple of it.
_PRIME: Final = 7_919


class Line:
    """One connection to the broker, which many homes share."""

    def __init__(self, port: int, number: int) -> None:
        """Connect; raise OSError when the broker does not let us in."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(connect(f"load-{number}"))
        self.answers = Answers()
        while not self.answers.receive_maximum:
            data = self._socket.recv(_CHUNK)
            if not data:
                raise OSError("the MQTT broker did not let us in")
            self.answers.take(data)
        self._socket.setblocking(False)
        self._unsent = bytearray()
        self._said = 0

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._socket.fileno()

    @property
    def free(self) -> bool:
        """Tell whether the broker takes one more."""
        under_way = self._said - self.answers.acknowledged
        return under_way < self.answers.receive_maximum - 1 and len(self._unsent) < _MOST_UNSENT_BYTES

    def say(self, topic: bytes, payload: bytes) -> None:
        """Put a message into the next send."""
        self._unsent += publish(topic, payload, self._said % PACKET_IDS + 1)
        self._said += 1

    def send(self) -> None:
        """Send what can be sent."""
        while self._unsent:
            try:
                sent = self._socket.send(self._unsent)
            except BlockingIOError:
                return
            del self._unsent[:sent]

    def receive(self) -> None:
        """Count what the broker answered; raise OSError when it hung up."""
        data = self._socket.recv(_CHUNK)
        if not data:
            raise OSError("the MQTT broker hung up")
        self.answers.take(data)


class City:
    """All homes, each with its words and its count."""

    def __init__(self, names: list[str]) -> None:
        self._heads = words.heads(names)
        self._words = words.words()
        self._press = words.press()
        self._seqs = array("Q", bytes(8 * len(names)))
        self._turn = 0
        self.names = names
        #: Each home presses once: a second press would belong to the first alert.
        self.pressed = 0

    @property
    def speaker(self) -> int:
        """Name the place of the home that speaks next."""
        return self._turn % len(self._heads)

    def speak(self) -> tuple[bytes, bytes]:
        """Give its topic and message, and go on to the next."""
        turn, place = divmod(self._turn, len(self._heads))
        self._turn += 1
        said = self._words[place % len(self._words)]
        return self._message(place, said[(turn + 7 * place) % len(said)])

    @property
    def presser(self) -> int | None:
        """Name the place of the home that presses next; None: all have."""
        # Not in the order in which the homes speak: a press comes at any moment of a home's life.
        return self.pressed * _PRIME % len(self.names) if self.pressed < len(self.names) else None

    def press(self, place: int) -> tuple[bytes, bytes]:
        """Give a home's press, and go on to the next."""
        self.pressed += 1
        return self._message(place, self._press)

    def _message(self, place: int, word: bytes) -> tuple[bytes, bytes]:
        topic, head = self._heads[place]
        self._seqs[place] += 1
        return topic, words.payload(head, self._seqs[place], word)


class Generator:
    """Carries out orders."""

    def __init__(self, port: int, homes: int) -> None:
        self._lines = [Line(port, number) for number in range(LINES)]
        self._city = City(words.names(homes))
        self._selector = selectors.DefaultSelector()
        for line in self._lines:
            self._selector.register(line, selectors.EVENT_READ, line)
        self._said = 0

    def carry_out(self, order: Order) -> None:
        """Say so many readings a second for so long, evenly; what the broker does not take in time is not made up."""
        began = told = clock.ticks()
        said = missed = pressed = 0
        while (passed := clock.ticks() - began) < order.seconds:
            for _ in range(int(passed * order.per_second) - said - missed):
                if self._speak():
                    said += 1
                else:
                    missed += 1
            for _ in range(int(passed * order.presses_per_second) - pressed):
                pressed += self._press()
            self._turn()
            if clock.ticks() - told > _TELL_SECONDS:
                told = clock.ticks()
                self._tell(missed)
        self._settle()
        self._tell(missed, done=True)

    def _speak(self) -> bool:
        line = self._lines[self._city.speaker % LINES]
        if not line.free:
            return False
        line.say(*self._city.speak())
        self._said += 1
        return True

    def _press(self) -> bool:
        place = self._city.presser
        if place is None or not self._lines[place % LINES].free:
            return False
        line = self._lines[place % LINES]
        line.say(*self._city.press(place))
        self._said += 1
        _out(Pressed(home=self._city.names[place], at=clock.ticks()))
        line.send()
        return True

    def _turn(self) -> None:
        for line in self._lines:
            line.send()
        until = clock.ticks() + _TURN_SECONDS
        while (left := until - clock.ticks()) > 0:
            for key, _ in self._selector.select(left):
                key.data.receive()

    def _settle(self) -> None:
        """Wait until the broker has all, within a bound."""
        until = clock.ticks() + 20
        while self._acknowledged < self._said and clock.ticks() < until:
            self._turn()

    @property
    def _acknowledged(self) -> int:
        return sum(line.answers.acknowledged for line in self._lines)

    def _tell(self, missed: int, *, done: bool = False) -> None:
        refused = sum(line.answers.refused for line in self._lines)
        _out(Said(said=self._said, acknowledged=self._acknowledged, refused=refused, missed=missed, done=done))


def main(port: int, homes: int) -> None:
    """Carry out orders until there are none."""
    generator = Generator(port, homes)
    _out(Said(said=0, acknowledged=0, refused=0, missed=0, done=True))
    for order in _orders():
        generator.carry_out(order)


def _orders() -> Iterator[Order]:
    for line in sys.stdin.buffer:
        yield msgspec.json.decode(line, type=Order)


def _out(told: Said | Pressed) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
