/* What the server's JSON about conversations looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  type GroupKind = 'class' | 'staff' | 'heads' | 'research' | 'grade' | 'committee';

  interface Group {
    id: string;
    kind: GroupKind;
    name: string;
    nth: number;
    grade: number;
    mode: 'announce' | 'questions' | 'open';
    as_staff: boolean;
    leads: boolean;
    may_post: boolean;
    may_ask: boolean;
    thread: string;
  }

  interface Thread {
    id: string;
    kind: 'talk' | 'question' | 'child' | 'feedback';
    group: string;
    group_kind: GroupKind | null;
    group_nth: number;
    child_id: string;
    title: string;
    names: string[];
    me: string;
    as_staff: boolean;
    leads: boolean;
    may_post: boolean;
    mode: 'announce' | 'questions' | 'open' | null;
    may_ask: boolean;
    tail: number;
    read: number;
    unread: number;
    called: boolean;
    last_at: string | null;
    number: number;
    state: 'open' | 'answered' | 'closed' | null;
    due_at: string | null;
    muted: boolean;
  }

  interface Message {
    thread: string;
    seq: number;
    id: string;
    author: string;
    name: string;
    as_staff: boolean;
    at: string;
    kind: 'text' | 'picture' | 'voice' | 'file' | 'link' | 'card' | 'note';
    state: 'sent' | 'checking' | 'held';
    recalled: boolean;
    hidden: boolean;
    got: number;
    praise: number;
    text: string;
    files: { id: string; kind: string; name: string; size: number }[];
    link: string;
    card: 'notice' | 'homework' | null;
    card_id: string;
    reply_to: number;
    mentions: string[];
    all: boolean;
    via: 'account' | null;
    /** Why it goes through quiet hours; empty: it does not. */
    urgent: string;
    carried: 'waiting' | 'sent' | 'missed' | 'sending' | null;
  }

  interface ThreadPage {
    items: Message[];
    tail: number;
    read: number;
    me: string;
    may_post: boolean;
    before: number;
    readers: { who: string; name: string; seq: number }[];
    /** In quiet hours, when the others are told. */
    arrives_at: string | null;
    /** Of feedback: who answers, now or next. */
    duty: { name: string; now: boolean; starts_at: string; ends_at: string } | null;
    may_urge: boolean;
    /** Shown after I had read past them. */
    late: number[];
  }

  interface News {
    items: Message[];
    changed: Message[];
    gone: string[];
    more: boolean;
    late: Record<string, number[]>;
    at: string;
  }

  interface Count {
    seq: number;
    mark: 'got' | 'praise';
    got: number;
    praise: number;
  }

  interface Teacher {
    ref: string;
    name: string;
    leads: boolean;
  }

  interface Somebody {
    who: string;
    name: string;
    as_staff: boolean;
    leads: boolean;
  }

  interface Members {
    group: Group;
    items: { name: string; as_staff: boolean; leads: boolean }[];
    guardians: number;
    modes: Group['mode'][];
  }

  interface People {
    items: Somebody[];
    may_call_all: boolean;
  }
}
