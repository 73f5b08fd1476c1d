"""All table models: importing this module declares every table, as Alembic and foreign keys need."""

from navigator.attachments.attachment import Attachment, UnneededFile
from navigator.backup.tables import BackupRun
from navigator.bulk.tables import Bulk, BulkItem
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.article_answers import ArticleAnswer
from navigator.catalogue.articles import Article
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.custom_wording import CategoryOverride
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.hazard_owner import HazardOwner
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.reference_data import ReferenceVersion
from navigator.catalogue.retention_period import RetentionPeriod
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.database import Table
from navigator.desk_import.imported_ticket import ImportedTicket
from navigator.insight.mail_choice import ReportMail
from navigator.jobs.tables import JobRun, Lease
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchSecret
from navigator.mail_in.tables import Mail, MailboxState, MailOriginal
from navigator.openid.tables import LoginProvider, LoginRule
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.texts_sent import TextsSent
from navigator.people.access_rules import AccessRules
from navigator.people.api_keys import ApiKey
from navigator.people.audit_log import AuditEntry
from navigator.people.audit_tables import AuditPeriod, KeyUse, SpoolFile
from navigator.people.calendar_feeds import CalendarFeed
from navigator.people.composed_role import ComposedRole
from navigator.people.factor_tables import (
    FactorReset,
    HalfLogin,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    Totp,
)
from navigator.people.notice_subscriber import NoticeSubscriber
from navigator.people.one_time_token import OneTimeToken
from navigator.people.password_setting import PasswordSetting
from navigator.people.provider_account import ProviderAccount
from navigator.people.rate_limit import RateLimitCounter
from navigator.people.reporter import Reporter, ReporterLink
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, User
from navigator.people.user_session import UserSession
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.notice import ProblemNotice
from navigator.problems.problem import Problem, ProblemUpdate
from navigator.problems.rise import Rise
from navigator.problems.supplier_entry import SupplierEntry
from navigator.records.tables import Erasure, RecordHold, RecordRequest, RetentionRun
from navigator.shared_problems.tables import (
    FeedKey,
    PeerDesk,
    PublishedProblem,
    SharedProblem,
    Sharing,
)
from navigator.tickets.booked_call import BookedCall, BookedQuarter
from navigator.tickets.cleared_words import ClearedWords
from navigator.tickets.day_counts import ChangedDay, CountedDay, DayCall, DayCount, DayEvent, DayFigure
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.held_send import HeldSend
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.inclusion_offer import InclusionOffer, InclusionSetting
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.notice import Notice, Watch
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.presence import Presence
from navigator.tickets.queue.saved_views import SavedView
from navigator.tickets.reads import TicketRead
from navigator.tickets.redaction import Redaction
from navigator.tickets.repeated_report import RepeatedReport
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.report_draft import Deflection, ReportDraft
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.training.tables import Attendance, TrainingRequest, TrainingSession
from navigator.triage.tables import ModelContent, ModelUse, ModelVersion, ReportVector
from navigator.usability.tables import AnsweredQuestion, UsabilityAnswer, UsabilitySetting
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookSecret

metadata = Table.metadata

__all__ = [
    "AccessRules",
    "AffectedPerson",
    "AnsweredQuestion",
    "ApiKey",
    "Article",
    "ArticleAnswer",
    "Attachment",
    "Attendance",
    "AuditEntry",
    "AuditPeriod",
    "BackupRun",
    "BookedCall",
    "BookedQuarter",
    "Bulk",
    "BulkItem",
    "CalendarFeed",
    "CannedReply",
    "CategoryOverride",
    "ChangedDay",
    "ClearedWords",
    "ClinicalReview",
    "ComposedRole",
    "Contact",
    "CountedDay",
    "CrisisWording",
    "DayCall",
    "DayCount",
    "DayEvent",
    "DayFigure",
    "Deflection",
    "DeviceCheck",
    "DeviceNeeds",
    "Erasure",
    "Event",
    "FactorReset",
    "FeedKey",
    "HalfLogin",
    "HazardOwner",
    "HeldSend",
    "IdempotencyKey",
    "ImportedTicket",
    "InclusionOffer",
    "InclusionSetting",
    "JobRun",
    "KeptForm",
    "KeyUse",
    "LanguageSignOff",
    "Lease",
    "LoginAlarm",
    "LoginProvider",
    "LoginRule",
    "LoginWatch",
    "Mail",
    "MailOriginal",
    "Mailbox",
    "MailboxState",
    "Membership",
    "Message",
    "ModelContent",
    "ModelUse",
    "ModelVersion",
    "Notice",
    "NoticeSubscriber",
    "OneTimeToken",
    "OutboxMessage",
    "Passkey",
    "PasskeyChallenge",
    "PasswordSetting",
    "PeerDesk",
    "PhoneCall",
    "Presence",
    "PrivacyNotice",
    "Problem",
    "ProblemNotice",
    "ProblemUpdate",
    "Programme",
    "ProgrammeCategoryOverride",
    "ProviderAccount",
    "PublishedProblem",
    "RateLimitCounter",
    "RecordHold",
    "RecordRequest",
    "RecoveryCode",
    "Redaction",
    "ReferenceVersion",
    "RepeatedReport",
    "ReplyDraft",
    "ReportDraft",
    "ReportMail",
    "ReportVector",
    "Reporter",
    "ReporterLink",
    "RetentionPeriod",
    "RetentionRun",
    "Rise",
    "RoutingRule",
    "SavedView",
    "Service",
    "ServiceProgramme",
    "SharedProblem",
    "Sharing",
    "SpoolFile",
    "SupplierEntry",
    "SupplierTerms",
    "SupportCard",
    "TextsSent",
    "Ticket",
    "TicketRead",
    "Totp",
    "TrainingRequest",
    "TrainingSession",
    "UnneededFile",
    "UsabilityAnswer",
    "UsabilitySetting",
    "User",
    "UserSession",
    "Watch",
    "WatchSecret",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
    "metadata",
]
