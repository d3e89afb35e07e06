/* What the server's JSON looks like for who teaches. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  type ReceiptState = 'confirmed' | 'read' | 'delivered' | 'refused' | 'unreachable' | 'never_bound';
  type Confirm = 'none' | 'tap' | 'sign';

  interface OwnNoticeRow {
    id: string;
    title: string;
    summary: string;
    classes: string[];
    state: 'scheduled' | 'published' | 'withdrawn';
    publish_at: string;
    confirm: Confirm;
    deadline_at: string | null;
    version: number;
    pictures: number;
    files: number;
  }

  interface OwnNotice extends OwnNoticeRow {
    class_ids: string[];
    body: string;
    attachments: Attachment[];
    links: string[];
    withdrawn_at: string | null;
  }

  interface Teaching {
    school_name: string;
    name: string;
    classes: TaughtClass[];
    claims: number;
    leaves: number;
    newest: OwnNoticeRow[];
  }

  interface Reached {
    id: string;
    children: number;
    reached: number;
    states: Record<ReceiptState, number>;
    preparing: boolean;
  }

  interface Forecast {
    children: number;
    reached: number;
    channels: { channel: string; children: number }[];
    missed: { name: string; class_name: string; reason: string | null }[];
    quiet_until: string | null;
    may_urge: boolean;
  }

  interface GuardianRow {
    person_id: string;
    relation: string;
    state: ReceiptState;
    reason: string | null;
    channel: string | null;
    at: string | null;
    waiting: boolean;
    asked: boolean;
    reminders: number;
    signed: boolean;
  }

  interface ChildRow {
    id: string;
    number: number;
    name: string;
    state: ReceiptState;
    reason: string | null;
    guardians: GuardianRow[];
  }

  interface Receipts {
    notice: OwnNoticeRow;
    children: number;
    reached: number;
    states: Record<ReceiptState, number>;
    guardians: number;
    read: number;
    confirmed: number;
    asked: number;
    waiting: number;
    preparing: boolean;
    open: number;
    reminders: number;
    most_reminders: number;
    reminder_due_at: string | null;
    withdrawn_at: string | null;
    nameless: { guardians: number; read: number; confirmed: number };
    classes: { id: string; name: string; children: number; reached: number }[];
    class_id: string;
    rows: ChildRow[];
  }

  interface NextReminder {
    number: number | null;
    guardians: number;
    children: { name: string; class_name: string }[];
    later_at: string | null;
  }

  interface Ledger {
    child_name: string;
    guardian: GuardianRow;
    read_at: string | null;
    confirmed_at: string | null;
    attempts: { at: string; purpose: string; channel: string; code: number; reason: string | null }[];
  }
}
