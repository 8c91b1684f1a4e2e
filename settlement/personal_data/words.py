"""Taking the words about one person out of what is never changed otherwise: the database lets them vanish."""

from django.db.models import Q

from settlement.accounts.audit import Kind
from settlement.models import (
    AccessChange,
    Account,
    AuditRecord,
    AuditValues,
    Certificate,
    CertificateRequest,
    CreditedStay,
    Dispute,
    DisputeAnswer,
    Exchange,
    LiftedCap,
    ManualDecision,
    ManualRecord,
    MergedNumber,
    MergeTakenBack,
    Rating,
    Reopening,
    Review,
    StarReview,
    Transfer,
)
from settlement.personal_data.kept import audited, said_of_events
from settlement.recognition.certificate_check import token_of
from settlement.records.reasons import RecordReason


def blank_words(number: int) -> None:
    """Take out what people wrote about a volunteer beside decisions, records, objections and changes."""
    of_number, of_merge = (Q((f"{at}kept", number)) | Q((f"{at}gone", number)) for at in ("", "merge__"))
    AccessChange.objects.filter(volunteer=number).update(reason="")
    LiftedCap.objects.filter(volunteer=number).update(reason="")
    CreditedStay.objects.filter(volunteer=number).update(reason="")
    Review.objects.filter(entry__volunteer=number).update(note="", override="")
    Reopening.objects.filter(entry__volunteer=number).update(reason="")
    written = ManualRecord.objects.filter(volunteer=number).exclude(reason="")
    written.filter(reason_code=None).update(reason="", reason_code=RecordReason.ERASED)
    written.update(reason="")
    ManualDecision.objects.filter(record__volunteer=number).update(note="")
    Dispute.objects.filter(volunteer=number).update(objection="")
    DisputeAnswer.objects.filter(dispute__volunteer=number).update(answer="")
    Exchange.objects.filter(volunteer=number).update(note="")
    CertificateRequest.objects.filter(volunteer=number).update(note="")
    Rating.objects.filter(volunteer=number).update(note="")
    StarReview.objects.filter(volunteer=number).update(note="")
    Transfer.objects.filter(volunteer=number).update(introduction_letter="")
    for merges in (MergedNumber.objects.filter(of_number), MergeTakenBack.objects.filter(of_merge)):
        merges.update(reason="")
    said_of_events(number).update(reason="")
    audited(number).update(reason="")
    of_person = audited(number).filter(kind__in=(Kind.VOLUNTEER, Kind.CREDENTIAL, Kind.STAFF))
    AuditValues.objects.filter(Q(volunteer=number) | Q(record__in=of_person)).delete()


def blank_certificates(number: int) -> None:
    """Take name and identity number out of what certificates state; their numbers and tokens still hold."""
    for issued in Certificate.objects.filter(volunteer=number):
        nameless = {**issued.content, "name": "", "identity_number": ""}
        # The token of an early certificate was made of what it states.
        Certificate.objects.filter(pk=issued.pk).update(content=nameless, token=token_of(issued))


def blank_deeds(account: Account) -> None:
    """Take the name out of what a volunteer did with an own account, and the log-in out of the audit.

    Deeds that decided about others keep their name: they were of a higher level, and answer for it.
    """
    Dispute.objects.filter(raised_account=account).update(raised_by="")
    Rating.objects.filter(account=account).update(by="")
    Transfer.objects.filter(requested_account=account).update(requested_by="")
    Transfer.objects.filter(ended_account=account).update(ended_by="")
    AuditRecord.objects.filter(account=account).update(name="")
    of_account = AuditRecord.objects.filter(kind=Kind.ACCOUNT, subject=account.login)
    AuditValues.objects.filter(record__in=of_account).delete()
    of_account.update(subject="", reason="")
