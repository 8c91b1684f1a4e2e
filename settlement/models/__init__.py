"""What the centre stores, split by concept.

Reading order: `store` (this database), `sites` (where terminals stand), `enrolment` (how they joined),
`staff`, `people`, `access` (who took a right to check in), `organisations`, `accounts` (who may act),
`api_tokens` (by which programs act), `webhooks` (who is told of lines), `merges` (numbers of one person),
`audit` (who changed or looked at what),
`activities`, `evidence` (what terminals sent: never changed), `alarms` (what it proves of their logs),
`unnamed` (events that name no activity), `codes` (by text message), `uses` (of what admits once),
`records` (what people wrote down), `held_lists` (of volunteers, still to be decided on),
`terminals` (how they are doing), `orders` (what they are asked to do and to show),
`listeners` (which of several live), `tls_certificates` (what they prove themselves with),
`rules` (which hold from when), `results` (what they made of it), `ledger` (what people decided about it),
`recognition` (what it earns), `certificates`, `notices` (what was published),
`report_files` (made in the background), `inspections` (who looked), `staff_messages` (from terminals),
`proofs` (that none of it was altered).
Rows are written by plain functions elsewhere; a model has no logic of its own. Times are UTC milliseconds.
"""

from settlement.models.access import AccessChange
from settlement.models.accounts import Account, Invitation
from settlement.models.activities import Activity, Assignment, Break, PhaseChange, Post, Shift
from settlement.models.alarms import LogAlarm
from settlement.models.api_tokens import ApiAnswer, ApiToken
from settlement.models.audit import AuditRecord, AuditValues
from settlement.models.certificates import (
    Certificate,
    CertificateCounter,
    CertificateRequest,
    StaleCertificate,
    Transfer,
)
from settlement.models.codes import IssuedCode
from settlement.models.enrolment import EnrolmentToken, RefusedEnrolment, TerminalRequest
from settlement.models.evidence import Chain, Event, EventStatus, ForkEvidence, Quarantine, RowKey
from settlement.models.groups import GroupMovement
from settlement.models.held_lists import HeldList
from settlement.models.inspections import InspectedPerson, InspectionVisit
from settlement.models.ledger import (
    CreditedStay,
    HeldEntry,
    HeldReview,
    LedgerEntry,
    LiftedCap,
    Reopening,
    Review,
    WaitingEntry,
)
from settlement.models.listeners import ListenerBeat
from settlement.models.merges import MergedNumber, MergeTakenBack
from settlement.models.notices import NoticeWithdrawal, PublicNotice
from settlement.models.orders import MessageAt, ScreenMessage, TerminalOrder
from settlement.models.organisations import Membership, Organisation
from settlement.models.people import Credential, NameKey, Volunteer
from settlement.models.proofs import ProofCheckpoint, ProofLeaf, ProofNode
from settlement.models.recognition import Exchange, Rating, RatingLink, StarReview
from settlement.models.records import (
    Dispute,
    DisputeAnswer,
    DisputeRecord,
    ManualDecision,
    ManualRecord,
    Replacement,
    Sheet,
    SheetRecord,
)
from settlement.models.report_files import ReportFile
from settlement.models.results import EventOutcome, Line, Session, Settled, Unsettled
from settlement.models.rules import RuleChange, RuleVersion
from settlement.models.sites import Site, Terminal
from settlement.models.staff import StaffMember
from settlement.models.staff_messages import StaffMessage
from settlement.models.store import Store
from settlement.models.terminals import GivenSettings, RosterEdition, TerminalStatus, TerminalTold
from settlement.models.tls_certificates import TlsCertificate
from settlement.models.unnamed import NamedActivity, UnnamedActivity
from settlement.models.uses import OneTimeUse
from settlement.models.walk_ins import WalkIn, WalkInDecision, WalkInKey
from settlement.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccessChange",
    "Account",
    "Activity",
    "ApiAnswer",
    "ApiToken",
    "Assignment",
    "AuditRecord",
    "AuditValues",
    "Break",
    "Certificate",
    "CertificateCounter",
    "CertificateRequest",
    "Chain",
    "Credential",
    "CreditedStay",
    "Dispute",
    "DisputeAnswer",
    "DisputeRecord",
    "EnrolmentToken",
    "Event",
    "EventOutcome",
    "EventStatus",
    "Exchange",
    "ForkEvidence",
    "GivenSettings",
    "GroupMovement",
    "HeldEntry",
    "HeldList",
    "HeldReview",
    "InspectedPerson",
    "InspectionVisit",
    "Invitation",
    "IssuedCode",
    "LedgerEntry",
    "LiftedCap",
    "Line",
    "ListenerBeat",
    "LogAlarm",
    "ManualDecision",
    "ManualRecord",
    "Membership",
    "MergeTakenBack",
    "MergedNumber",
    "MessageAt",
    "NameKey",
    "NamedActivity",
    "NoticeWithdrawal",
    "OneTimeUse",
    "Organisation",
    "PhaseChange",
    "Post",
    "ProofCheckpoint",
    "ProofLeaf",
    "ProofNode",
    "PublicNotice",
    "Quarantine",
    "Rating",
    "RatingLink",
    "RefusedEnrolment",
    "Reopening",
    "Replacement",
    "ReportFile",
    "Review",
    "RosterEdition",
    "RowKey",
    "RuleChange",
    "RuleVersion",
    "ScreenMessage",
    "Session",
    "Settled",
    "Sheet",
    "SheetRecord",
    "Shift",
    "Site",
    "StaffMember",
    "StaffMessage",
    "StaleCertificate",
    "StarReview",
    "Store",
    "Terminal",
    "TerminalOrder",
    "TerminalRequest",
    "TerminalStatus",
    "TerminalTold",
    "TlsCertificate",
    "Transfer",
    "UnnamedActivity",
    "Unsettled",
    "Volunteer",
    "WaitingEntry",
    "WalkIn",
    "WalkInDecision",
    "WalkInKey",
    "Webhook",
    "WebhookDelivery",
]
