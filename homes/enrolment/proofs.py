"""Does a gateway hold what it was given? It signs with its key, or says its password."""

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from homes.enrolment.bundle import proof_text
from homes.enrolment.model import Credential, Kind
from homes.enrolment.passwords import is_password_of

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def prove(key: PrivateKey, credential: int) -> str:
    """Sign for a credential, on the gateway."""
    match key:
        case ec.EllipticCurvePrivateKey():
            signature = key.sign(proof_text(credential), ec.ECDSA(hashes.SHA256()))
        case rsa.RSAPrivateKey():
            signature = key.sign(proof_text(credential), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def is_proved(credential: Credential, proof: str) -> bool:
    """Tell whether a proof is by the holder of this credential."""
    if credential.kind is Kind.PASSWORD:
        return credential.password_hash is not None and is_password_of(proof, credential.password_hash)
    if credential.certificate is None:
        return False
    key = x509.load_pem_x509_certificate(credential.certificate.encode()).public_key()
    try:
        signature = base64.b64decode(proof, validate=True)
        match key:
            case ec.EllipticCurvePublicKey():
                key.verify(signature, proof_text(credential.credential_id), ec.ECDSA(hashes.SHA256()))
            case rsa.RSAPublicKey():
                key.verify(signature, proof_text(credential.credential_id), padding.PKCS1v15(), hashes.SHA256())
            case _:
                return False
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
