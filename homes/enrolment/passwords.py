"""A gateway's password in Mosquitto's own form, the only one in which it is kept."""

import base64
import hmac
from hashlib import pbkdf2_hmac
from typing import Final

#: 130 bits: 26 symbols of five bits.
PASSWORD_BYTES: Final = 17
SALT_BYTES: Final = 12
# Mosquitto's own default. The broker has one thread and derives at every CONNECT: a password of 130 bits gains nothing
# by more rounds, and a thousand reconnecting gateways would stand in each other's way.
_ROUNDS: Final = 101


def password_of(entropy: bytes) -> str:
    """Write random bytes as a password without look-alikes."""
    return base64.b32encode(entropy).decode().rstrip("=").lower()


def hash_of(password: str, *, salt: bytes) -> str:
    """Hash a password as `mosquitto_passwd` does: $7$ is PBKDF2 with SHA-512."""
    derived = pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"


def is_password_of(password: str, hashed: str) -> bool:
    """Compare in constant time with a hash of ours."""
    _, _, _, salt, _ = hashed.split("$")
    return hmac.compare_digest(hash_of(password, salt=base64.b64decode(salt)), hashed)
