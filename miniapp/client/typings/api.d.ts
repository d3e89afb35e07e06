/* What the server's JSON looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  interface NoticeRow {
    id: string;
    kind: 'notice' | 'homework' | 'week' | 'tasklist' | 'activity' | 'return';
    title: string;
    summary: string;
    author: string;
    child_id: string;
    child_name: string;
    class_name: string;
    published_at: string;
    state: string;
    unread: boolean;
    confirm: 'none' | 'tap' | 'sign' | 'answer';
    confirmed_at: string | null;
    deadline_at: string | null;
    pictures: number;
    files: number;
  }

  interface Attachment {
    file_id: string;
    kind: 'picture' | 'document' | 'voice' | string;
    name: string;
    size_bytes: number;
    width: number | null;
    height: number | null;
  }

  /** What a link is called: a title of ours, or its host. */
  interface NamedLink {
    title: string;
    url: string;
  }

  interface Notice extends NoticeRow {
    body: string;
    about: string;
    version: number;
    corrected: boolean;
    withdrawn_at: string | null;
    attachments: Attachment[];
    links: NamedLink[];
    children: { id: string; name: string; confirmed_at: string | null; may_confirm: boolean }[];
  }

  interface Child {
    id: string;
    name: string;
    class_name: string;
    school_name: string;
    relation: string;
    order: number;
    custody: Custody;
    bound_at: string;
    until: string | null;
    trial: boolean;
    guardians: string[];
  }

  interface Home {
    tonight?: Tonight[];
    children: Child[];
    notices: NoticeRow[];
    todo: NoticeRow[];
    claims: ClaimRow[];
    teaching: Teaching | null;
    places: { id: string; name: string; called: string; roles: string[] }[];
    acting: string;
    unanswered: number;
    leaving: boolean;
  }

  interface NoticeList {
    items: NoticeRow[];
    next_cursor: string | null;
  }

  interface Bound {
    answer: 'bound' | 'already' | 'waiting' | 'refused' | 'unknown';
    child: Child | null;
    claim: ClaimRow | null;
  }

  interface Invitation {
    code: string;
    school_name: string;
    class_name: string;
    child_name: string | null;
  }

  interface Session {
    access_token: string;
    refresh_token: string;
    access_until: string;
    expires_at: string;
  }

  /** By the school's clock, 21:00; both are empty for none. */
  interface Quiet {
    start: string;
    end: string;
  }

  interface Subscriptions {
    templates: { template_id: string; answer: 'accepted' | 'rejected' | 'off' | null; left: number | null }[];
    ask: string[];
    covers: 'one' | 'all' | 'nothing';
    credits: number;
    all: boolean;
  }
}
