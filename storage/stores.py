"""Opens the connections and hands out the stores. Nothing outside this folder sees a driver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from redis.asyncio import BlockingConnectionPool, Redis

from storage.accounts import AccountStore
from storage.activities import ActivityStore
from storage.ageing import AgeStore
from storage.alerts import AlertStore
from storage.answers import AnswerStore
from storage.appointments import AppointmentStore
from storage.audit import AuditStore
from storage.bearers import BearerStore
from storage.bindings import BindingStore
from storage.blobs import IN_DATABASE, Blobs, Room
from storage.callbacks import CallbackStore
from storage.catalogue import CatalogueStore
from storage.circle_comments import CircleCommentStore
from storage.circle_forgetting import CircleForgetStore
from storage.circle_sums import CircleSumStore
from storage.circles import CircleStore
from storage.claims import ClaimStore
from storage.clocks import utc_now
from storage.consents import ConsentStore
from storage.deliveries import DeliveryStore
from storage.departures import DepartureStore
from storage.desks import DeskStore
from storage.duty import DutyStore
from storage.editions import EditionStore
from storage.erasures import ErasureStore
from storage.evenings import EveningStore
from storage.family_files import FamilyFileStore
from storage.files import FileStore
from storage.forgetting import ForgetStore
from storage.groups import GroupStore
from storage.homework import HomeworkStore
from storage.identities import IdentityStore
from storage.imports import ImportStore
from storage.inbox import InboxStore
from storage.indexes import INDEXES
from storage.invitations import InvitationStore
from storage.leaves import LeaveStore
from storage.limits import LimitStore
from storage.link_uses import LinkUseStore
from storage.locks import LockStore
from storage.messages import MessageStore
from storage.mistakes import MistakeStore
from storage.monitors import MonitorStore
from storage.notices import NoticeStore
from storage.offers import OfferStore
from storage.overruns import OverrunStore
from storage.pauses import PauseStore
from storage.practice import PracticeStore
from storage.promotions import PromotionStore
from storage.pupils import PupilStore
from storage.quiet import QuietStore
from storage.regions import RegionStore
from storage.registrations import RegistrationStore
from storage.remarks import RemarkStore
from storage.replies import ReplyStore
from storage.reports import ReportStore
from storage.resource_lessons import ResourceLessonStore
from storage.resources import ResourceStore
from storage.reviews import ReviewStore
from storage.rings import RingStore
from storage.rollovers import RolloverStore
from storage.rounds import RoundStore
from storage.schools import SchoolStore
from storage.seats import SeatStore
from storage.sessions import SessionStore
from storage.shelves import ShelfStore
from storage.silences import SilenceStore
from storage.stamps import StampStore
from storage.study_groups import StudyGroupStore
from storage.submissions import SubmissionStore
from storage.subscriptions import SubscriptionStore
from storage.talk_forgetting import TalkForgetStore
from storage.tasklists import TaskListStore
from storage.taskworks import TaskWorkStore
from storage.terms import TermStore
from storage.threads import ThreadStore
from storage.timings import TimingStore
from storage.tokens import RedisTokenShelf
from storage.traces import TraceStore
from storage.unions import UnionStore
from storage.uploads import UploadStore
from storage.use import UseStore
from storage.wires import WireStore
from storage.word_lists import WordListStore

_SILENCE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Stores:
    """Every store, over one connection pool to each server."""

    regions: RegionStore
    schools: SchoolStore
    pupils: PupilStore
    appointments: AppointmentStore
    offers: OfferStore
    desks: DeskStore
    terms: TermStore
    rollovers: RolloverStore
    promotions: PromotionStore
    identities: IdentityStore
    accounts: AccountStore
    bindings: BindingStore
    claims: ClaimStore
    registrations: RegistrationStore
    invitations: InvitationStore
    imports: ImportStore
    notices: NoticeStore
    deliveries: DeliveryStore
    homework: HomeworkStore
    evenings: EveningStore
    groups: GroupStore
    threads: ThreadStore
    messages: MessageStore
    rings: RingStore
    circles: CircleStore
    circle_sums: CircleSumStore
    circle_comments: CircleCommentStore
    quiet: QuietStore
    duty: DutyStore
    stamps: StampStore
    wires: WireStore
    overruns: OverrunStore
    timings: TimingStore
    monitors: MonitorStore
    reports: ReportStore
    rounds: RoundStore
    catalogue: CatalogueStore
    editions: EditionStore
    shelves: ShelfStore
    link_uses: LinkUseStore
    use: UseStore
    resources: ResourceStore
    resource_lessons: ResourceLessonStore
    blobs: Blobs
    files: FileStore
    uploads: UploadStore
    submissions: SubmissionStore
    mistakes: MistakeStore
    practice: PracticeStore
    reviews: ReviewStore
    silences: SilenceStore
    word_lists: WordListStore
    activities: ActivityStore
    answers: AnswerStore
    seats: SeatStore
    leaves: LeaveStore
    tasklists: TaskListStore
    taskworks: TaskWorkStore
    study_groups: StudyGroupStore
    remarks: RemarkStore
    sessions: SessionStore
    bearers: BearerStore
    replies: ReplyStore
    unions: UnionStore
    inbox: InboxStore
    pauses: PauseStore
    subscriptions: SubscriptionStore
    alerts: AlertStore
    consents: ConsentStore
    erasures: ErasureStore
    family_files: FamilyFileStore
    forgetting: ForgetStore
    talk_forgetting: TalkForgetStore
    circle_forgetting: CircleForgetStore
    traces: TraceStore
    ageing: AgeStore
    audit: AuditStore
    callbacks: CallbackStore
    departures: DepartureStore
    locks: LockStore
    limits: LimitStore
    tokens: RedisTokenShelf
    database: AsyncIOMotorDatabase[dict[str, Any]]
    redis: Redis

    async def ping(self) -> None:
        """Raises when one of the servers does not answer."""
        await self.database.command("ping")
        await self.redis.ping()

    async def ensure_indexes(self) -> None:
        """Create what is missing of `indexes.INDEXES`; harmless to repeat."""
        await asyncio.gather(
            *(self.database[name].create_indexes(wanted) for name, wanted in INDEXES.items())
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self.wires.close()
        self.database.client.close()
        await self.redis.aclose()


def open_stores(
    *,
    mongodb_uri: str,
    database: str,
    redis_url: str,
    app_id: str,
    clock: Callable[[], datetime] = utc_now,
    bucket: Room | None = None,
    new_files_in: str = IN_DATABASE,
) -> Stores:
    """Stores over these servers; connects when first used. `database` also names our keys in Redis.

    `bucket` is where files outside the database lie, `new_files_in` where new ones go (`storage.blobs`).
    `clock` is for the two stores in which something is over by time alone (`BindingStore`, `ClaimStore`).
    """
    db, redis = _database(mongodb_uri, database), _redis(redis_url)
    blobs = Blobs(db, bucket, new_in=new_files_in)
    return Stores(
        regions=RegionStore(db),
        schools=SchoolStore(db),
        pupils=PupilStore(db),
        appointments=AppointmentStore(db),
        offers=OfferStore(db),
        desks=DeskStore(db),
        terms=TermStore(db),
        rollovers=RolloverStore(db),
        promotions=PromotionStore(db),
        identities=IdentityStore(db),
        accounts=AccountStore(db),
        bindings=BindingStore(db, clock),
        claims=ClaimStore(db, clock),
        registrations=RegistrationStore(db),
        invitations=InvitationStore(db),
        imports=ImportStore(db),
        notices=NoticeStore(db),
        deliveries=DeliveryStore(db),
        homework=HomeworkStore(db),
        evenings=EveningStore(db),
        groups=GroupStore(db),
        threads=ThreadStore(db),
        messages=MessageStore(db),
        rings=RingStore(db),
        circles=CircleStore(db),
        circle_sums=CircleSumStore(db),
        circle_comments=CircleCommentStore(db),
        quiet=QuietStore(db),
        duty=DutyStore(db),
        stamps=StampStore(db),
        overruns=OverrunStore(db),
        timings=TimingStore(db),
        monitors=MonitorStore(db),
        reports=ReportStore(db),
        rounds=RoundStore(db),
        catalogue=CatalogueStore(db),
        editions=EditionStore(db),
        shelves=ShelfStore(db),
        link_uses=LinkUseStore(db),
        use=UseStore(db),
        resources=ResourceStore(db),
        resource_lessons=ResourceLessonStore(db),
        blobs=blobs,
        files=FileStore(db, blobs),
        uploads=UploadStore(db),
        submissions=SubmissionStore(db),
        mistakes=MistakeStore(db),
        practice=PracticeStore(db),
        reviews=ReviewStore(db),
        silences=SilenceStore(db),
        word_lists=WordListStore(db),
        activities=ActivityStore(db),
        answers=AnswerStore(db),
        seats=SeatStore(db),
        leaves=LeaveStore(db),
        tasklists=TaskListStore(db),
        taskworks=TaskWorkStore(db),
        study_groups=StudyGroupStore(db),
        remarks=RemarkStore(db),
        sessions=SessionStore(db),
        bearers=BearerStore(db),
        replies=ReplyStore(db),
        unions=UnionStore(db),
        inbox=InboxStore(db),
        pauses=PauseStore(db),
        subscriptions=SubscriptionStore(db),
        alerts=AlertStore(db),
        consents=ConsentStore(db),
        erasures=ErasureStore(db),
        family_files=FamilyFileStore(db),
        forgetting=ForgetStore(db, blobs),
        talk_forgetting=TalkForgetStore(db),
        circle_forgetting=CircleForgetStore(db),
        traces=TraceStore(redis, prefix=database),
        ageing=AgeStore(db, blobs),
        audit=AuditStore(db),
        callbacks=CallbackStore(redis, prefix=database, app_id=app_id),
        departures=DepartureStore(redis, prefix=database),
        wires=WireStore(redis, database),
        locks=LockStore(redis, prefix=database),
        limits=LimitStore(redis, prefix=database),
        tokens=RedisTokenShelf(redis, prefix=f"{database}:token:"),
        database=db,
        redis=redis,
    )


def _database(uri: str, name: str) -> AsyncIOMotorDatabase[dict[str, Any]]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        uri,
        serverSelectionTimeoutMS=2500,
        # A server that says nothing more must hold up neither a request nor the end of a process.
        socketTimeoutMS=_SILENCE_MS,
        maxPoolSize=64,
    )
    return client.get_database(
        name, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC, document_class=dict)
    )


def _redis(url: str) -> Redis:
    # Two hundred who speak at one moment wait for each other; they are not refused.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=64, timeout=5, socket_timeout=5, socket_connect_timeout=5
    )
    return Redis.from_pool(pool)
