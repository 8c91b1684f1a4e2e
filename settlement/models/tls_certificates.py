"""The certificates that the centre's authority issued, by which broker and terminals know each other."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models


class TlsCertificate(models.Model):
    """One certificate; `name` is its common name, a terminal's id for example, `kind` what it is good for.

    `key_digest` is the SHA-256 of its public key: who asks again with the same key gets the same certificate.
    One with `revoked_ms` stands on the list of those that the broker refuses, until it would have ended.
    Times are the machine's UTC, as TLS goes by it, not those of a demo's clock.
    """

    serial = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64)
    key_digest = models.CharField(max_length=64)
    not_before_ms = models.BigIntegerField()
    not_after_ms = models.BigIntegerField()
    issued_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(null=True, blank=True)
    pem = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["name", "not_after_ms"], name="tls_certificates_of_one_name"),)

    def __str__(self) -> str:
        return f"{self.name} {self.serial}"
