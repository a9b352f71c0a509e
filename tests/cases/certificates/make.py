#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the certificates that cases use: valid around the first of January 2026, where the clock of a case begins.

The keys are for tests alone. `python3 make.py` (with the package `cryptography`) makes all of them anew.
"""
import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

here = pathlib.Path(__file__).parent
pem = serialization.Encoding.PEM


def day(year, month=1, number=1):
    return datetime.datetime(year, month, number)


def name(common, organisation="Contoso, Inc."):
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ])


class Identity:
    def __init__(self, common, serial, issuer=None, begins=day(2025), ends=day(2045), names=(), asks=False, authority=False,
                 key=None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        by = issuer or self
        self.subject = name(common)
        made = (x509.CertificateBuilder().subject_name(self.subject).issuer_name(by.subject)
                .public_key(self.key.public_key()).serial_number(serial).not_valid_before(begins).not_valid_after(ends)
                .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
        if names:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        if asks:
            made = made.add_extension(x509.AuthorityInformationAccess([x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.test/ask"))]), critical=False)
            made = made.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(
                full_name=[x509.UniformResourceIdentifier("http://crl.test/list.crl")], relative_name=None, reasons=None,
                crl_issuer=None)]), critical=False)
        self.certificate = made.sign(by.key, hashes.SHA256())

    def text(self):
        return self.certificate.public_bytes(pem)

    def key_text(self):
        return self.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


authority = Identity("Test Authority", 1, authority=True)
other_authority = Identity("Other Authority", 2, authority=True)
callers = {
    "client": Identity("client", 0x1A2B3C, authority, names=("client.contoso.test", "second.contoso.test")),
    "expired": Identity("client", 11, authority, ends=day(2025, 6)),
    "future": Identity("client", 12, authority, begins=day(2030)),
    "stranger": Identity("client", 13, other_authority),
    "revocable": Identity("revocable", 101, authority, asks=True),
    "revoked": Identity("revoked", 102, authority, asks=True),
}
for stem, one in callers.items():
    (here / f"{stem}.pem").write_bytes(one.text())
(here / "authority.pem").write_bytes(authority.text())

for stem in ("gateway", "second"):
    one = Identity(stem, 21, authority)
    (here / f"{stem}.pem").write_bytes(one.text() + one.key_text())
    (here / f"{stem}.p12").write_bytes(pkcs12.serialize_key_and_certificates(
        stem.encode(), one.key, one.certificate, None, serialization.BestAvailableEncryption(b"word")))
slow = (serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2_000_000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).build(b"word"))
(here / "slow.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"slow", one.key, one.certificate, None, slow))
(here / "keyless.pem").write_bytes(Identity("keyless", 23, authority).text())
# RSA, for tokens that are encrypted; with it, tokens in cases of validate-jwt have to be made anew.
one = Identity("tokens", 24, authority, key=rsa.generate_private_key(65537, 2048))
(here / "tokens.pem").write_bytes(one.text() + one.key_text())


def revocation_list(until, signer=authority):
    return (x509.CertificateRevocationListBuilder().issuer_name(signer.subject).last_update(day(2025, 12, 1)).next_update(until)
            .add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(102).revocation_date(day(2025, 12, 1)).build())
            .sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def answer(stem, status, until, signer=authority):
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    return (ocsp.OCSPResponseBuilder().add_response(
        cert=callers[stem].certificate, issuer=authority.certificate, algorithm=hashes.SHA1(), cert_status=status,
        this_update=day(2025, 12, 1), next_update=until, revocation_time=day(2025, 12, 1) if revoked else None,
        revocation_reason=None).responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        .sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


(here / "list.crl").write_bytes(revocation_list(day(2026, 1, 2)))
(here / "old.crl").write_bytes(revocation_list(day(2025, 12, 31)))
(here / "forged.crl").write_bytes(revocation_list(day(2026, 1, 2), other_authority))
good, bad = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
(here / "good.ocsp").write_bytes(answer("revocable", good, day(2026, 1, 2)))
(here / "revoked.ocsp").write_bytes(answer("revoked", bad, day(2026, 1, 2)))
(here / "old.ocsp").write_bytes(answer("revocable", good, day(2025, 12, 31)))
(here / "forged.ocsp").write_bytes(answer("revocable", good, day(2026, 1, 2), other_authority))
