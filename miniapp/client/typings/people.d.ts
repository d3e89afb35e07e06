/* What the server says of people: children, bindings, requests, consents, one's own data, a class and its invitation. */

declare namespace Api {
  type Custody = 'full' | 'read_only';
  type Side = 'family' | 'school';

  interface ClaimRow {
    id: string;
    mine: boolean;
    child_id: string | null;
    child_name: string;
    class_name: string;
    phone_last4: string;
    doubt: string | null;
    state: 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'expired';
    side: Side | null;
    family: boolean;
    gone: boolean;
    refused_by: Side | null;
    asked_at: string;
    school_from: string | null;
    expires_at: string | null;
    may_decide: boolean;
    may_withdraw: boolean;
    may_appeal: boolean;
  }

  interface Children {
    children: Child[];
    ended: { at: string; reason: string }[];
  }

  interface Claims {
    items: ClaimRow[];
    closed: ClaimRow[];
  }

  interface ConsentText {
    purpose: string;
    version: number;
    since: string;
    title: string;
    paragraphs: string[];
    yes: string;
    no: string;
  }

  interface ConsentRow {
    purpose: string;
    decision: 'yes' | 'no' | null;
    decided_at: string | null;
    asked: boolean;
  }

  interface Consents {
    texts: ConsentText[];
    children: { child_id: string; child_name: string; rows: ConsentRow[] }[];
    own: ConsentRow[];
    unanswered: number;
  }

  interface FamilyFile {
    id: string;
    requested_at: string;
    expires_at: string;
    ready: boolean;
    size_bytes: number;
    done: number;
    total: number;
  }

  interface FamilyFiles {
    child_id: string;
    child_name: string;
    left_today: number;
    items: FamilyFile[];
  }

  interface OwnErasure {
    children: { id: string; name: string; class_name: string }[];
    has_role: boolean;
    wait_days: number;
    erasure: { due_at: string; stage: 'waiting' | 'erasing' | 'settling'; origin: string } | null;
  }

  interface Guardian {
    person_id: string;
    relation: string;
    order: number;
    way: 'list' | 'family' | 'school' | 'trial';
    custody: Custody;
    bound_at: string;
    until: string | null;
    following: boolean | null;
  }

  interface Family {
    child_id: string;
    number: number;
    name: string;
    bound: boolean;
    guardians: Guardian[];
  }

  interface ClassFamilies {
    class_id: string;
    class_name: string;
    may_change: boolean;
    items: Family[];
  }

  interface Binding {
    child_id: string;
    child_name: string;
    class_id: string;
    class_name: string;
    person_id: string;
    relation: string;
    order: number;
    way: Guardian['way'];
    custody: Custody;
    bound_at: string;
    until: string | null;
  }

  interface Approval {
    id: string;
    child_name: string;
    phone_last4: string;
    doubt: string;
    alarming: boolean;
    parted: boolean;
    appealed: boolean;
    invited: boolean;
    asked_at: string;
    school_from: string | null;
    expires_at: string | null;
    may_decide: boolean;
    candidates: AskedChild[];
  }

  interface AskedChild {
    id: string;
    name: string;
    number: number;
    class_name: string;
  }

  interface Candidate extends AskedChild {
    lines: { relation: string; fits: boolean; quarantined: boolean }[];
    guardians: Guardian[];
    parted_before: { at: string; reason: string } | null;
  }

  interface ApprovalDetail {
    row: Approval;
    candidates: Candidate[];
    asked: string[];
    following: boolean | null;
    other_children: { name: string; relation: string }[];
  }

  interface ClassInvitation {
    class_id: string;
    class_name: string;
    school_name: string;
    invitation: { code: string; text: string; expires_at: string } | null;
    opened: number;
    asked: number;
    bound: number;
    children: number;
    cards: number;
    mini: boolean;
  }

  interface TaughtClass {
    id: string;
    name: string;
    rights: string[];
  }
}
