"""Opens the connections and hands out the stores. Nothing outside this folder sees a driver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from redis.asyncio import Redis

from storage.accounts import AccountStore
from storage.ageing import AgeStore
from storage.alerts import AlertStore
from storage.appointments import AppointmentStore
from storage.audit import AuditStore
from storage.bearers import BearerStore
from storage.bindings import BindingStore
from storage.callbacks import CallbackStore
from storage.claims import ClaimStore
from storage.clocks import utc_now
from storage.consents import ConsentStore
from storage.deliveries import DeliveryStore
from storage.departures import DepartureStore
from storage.desks import DeskStore
from storage.erasures import ErasureStore
from storage.evenings import EveningStore
from storage.family_files import FamilyFileStore
from storage.files import FileStore
from storage.forgetting import ForgetStore
from storage.homework import HomeworkStore
from storage.identities import IdentityStore
from storage.imports import ImportStore
from storage.inbox import InboxStore
from storage.indexes import INDEXES
from storage.invitations import InvitationStore
from storage.limits import LimitStore
from storage.locks import LockStore
from storage.mistakes import MistakeStore
from storage.monitors import MonitorStore
from storage.notices import NoticeStore
from storage.offers import OfferStore
from storage.overruns import OverrunStore
from storage.pauses import PauseStore
from storage.promotions import PromotionStore
from storage.pupils import PupilStore
from storage.regions import RegionStore
from storage.registrations import RegistrationStore
from storage.replies import ReplyStore
from storage.rollovers import RolloverStore
from storage.rounds import RoundStore
from storage.schools import SchoolStore
from storage.sessions import SessionStore
from storage.submissions import SubmissionStore
from storage.subscriptions import SubscriptionStore
from storage.terms import TermStore
from storage.timings import TimingStore
from storage.tokens import RedisTokenShelf
from storage.traces import TraceStore
from storage.unions import UnionStore
from storage.uploads import UploadStore

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
    overruns: OverrunStore
    timings: TimingStore
    monitors: MonitorStore
    rounds: RoundStore
    files: FileStore
    uploads: UploadStore
    submissions: SubmissionStore
    mistakes: MistakeStore
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
        for collection, indexes in INDEXES.items():
            await self.database[collection].create_indexes(indexes)

    async def close(self) -> None:
        """Let go of the connections."""
        self.database.client.close()
        await self.redis.aclose()


def open_stores(
    *,
    mongodb_uri: str,
    database: str,
    redis_url: str,
    app_id: str,
    clock: Callable[[], datetime] = utc_now,
) -> Stores:
    """Stores over these servers; connects when first used. `database` also names our keys in Redis.

    `clock` is for the two stores in which something is over by time alone (`BindingStore`, `ClaimStore`).
    """
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        mongodb_uri,
        serverSelectionTimeoutMS=2500,
        # A server that says nothing more must hold up neither a request nor the end of a process.
        socketTimeoutMS=_SILENCE_MS,
        maxPoolSize=64,
    )
    db = client.get_database(
        database, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC, document_class=dict)
    )
    redis = Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=5)
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
        overruns=OverrunStore(db),
        timings=TimingStore(db),
        monitors=MonitorStore(db),
        rounds=RoundStore(db),
        files=FileStore(db),
        uploads=UploadStore(db),
        submissions=SubmissionStore(db),
        mistakes=MistakeStore(db),
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
        forgetting=ForgetStore(db),
        traces=TraceStore(redis, prefix=database),
        ageing=AgeStore(db),
        audit=AuditStore(db),
        callbacks=CallbackStore(redis, prefix=database, app_id=app_id),
        departures=DepartureStore(redis, prefix=database),
        locks=LockStore(redis, prefix=database),
        limits=LimitStore(redis, prefix=database),
        tokens=RedisTokenShelf(redis, prefix=f"{database}:token:"),
        database=db,
        redis=redis,
    )
