declare namespace Api {
  type ActivityKind = 'sign_up' | 'poll' | 'form' | 'booking' | 'theme';
  type QuestionKind = 'choice' | 'several' | 'ranked' | 'text' | 'number' | 'date' | 'file' | 'sign';
  type Came = 'answered' | 'waiting' | 'withdrawn' | 'missing';

  interface Seat {
    standing: 'none' | 'held' | 'waiting';
    option_id: string;
    place_in_line: number;
  }

  interface Question {
    id: string;
    kind: QuestionKind;
    text: string;
    required: boolean;
    options: { id: string; text: string; seats: number; left: number | null }[];
    most: number;
  }

  interface Total {
    question_id: string;
    option_id: string;
    count: number;
    mean_place: number | null;
  }

  interface AnswerValue {
    question_id: string;
    option_ids: string[];
    text: string;
    number: number | null;
    day: string | null;
    files: Attachment[];
  }

  interface AskedRow {
    id: string;
    kind: ActivityKind;
    title: string;
    author: string;
    child_id: string;
    child_name: string;
    class_name: string;
    closes_at: string;
    open: boolean;
    state: 'published' | 'withdrawn';
    asks: boolean;
    answered: boolean;
    seat: Seat;
  }

  interface AskedSubject {
    child_id: string;
    child_name: string;
    class_name: string;
    may_answer: boolean;
    answered: boolean;
    relation: string;
    answered_at: string | null;
    seat: Seat;
    values: AnswerValue[];
  }

  interface AskedActivity {
    id: string;
    kind: ActivityKind;
    title: string;
    body: string;
    author: string;
    school: string;
    closes_at: string;
    open: boolean;
    state: 'published' | 'withdrawn';
    waits: boolean;
    published_at: string;
    attachments: Attachment[];
    questions: Question[];
    totals: Total[];
    subjects: AskedSubject[];
  }

  interface AnswerIn {
    question_id: string;
    option_ids?: string[];
    text?: string;
    number?: number;
    day?: string;
    file_ids?: string[];
  }

  interface ActivityRow {
    id: string;
    kind: ActivityKind;
    title: string;
    staff: boolean;
    class_ids: string[];
    per: 'child' | 'adult';
    closes_at: string;
    open: boolean;
    state: 'published' | 'withdrawn';
    created_at: string;
    questions: number;
  }

  interface QuestionIn {
    kind: QuestionKind;
    text: string;
    required: boolean;
    options: { text: string; seats: number }[];
  }

  interface ActivityIn {
    kind: ActivityKind;
    staff: boolean;
    class_ids: string[];
    title: string;
    body: string;
    per: 'child' | 'adult';
    closes_at: string;
    questions: QuestionIn[];
    shows_totals: boolean;
    waits: boolean;
  }

  interface MoreIn {
    question_id: string;
    seats: { option_id: string; seats: number }[];
    options: { text: string; seats: number }[];
  }

  interface ActivityChange {
    version: number;
    title: string;
    body: string;
    closes_at: string;
    tells: boolean;
    more: MoreIn[];
  }

  interface ResultLine {
    subject_id: string;
    name: string;
    class_name: string;
    came: Came;
    relation: string;
    at: string | null;
    option_id: string;
    place_in_line: number;
    values: AnswerValue[];
  }

  interface OwnActivity {
    activity: ActivityRow;
    body: string;
    attachments: Attachment[];
    questions: Question[];
    shows_totals: boolean;
    waits: boolean;
    version: number;
    answered: number;
    waiting: number;
    totals: Total[];
    lines: ResultLine[];
  }

  interface Leave {
    id: string;
    child_id: string;
    child_name: string;
    class_name: string;
    relation: string;
    kind: 'sick' | 'personal' | 'other';
    first: string;
    first_half: 'am' | 'pm';
    last: string;
    last_half: 'am' | 'pm';
    reason: string;
    files: Attachment[];
    state: 'waiting' | 'approved' | 'refused' | 'withdrawn';
    asked_at: string;
    decided_by: string;
    decided_at: string | null;
    reply: string;
    may_withdraw: boolean;
    may_decide: boolean;
    receipt: LeaveReceipt | null;
  }

  interface LeaveReceipt {
    state: ReceiptState | null;
    reason: string | null;
    waiting: boolean;
    due_at: string | null;
  }

  interface LeaveIn {
    kind: 'sick' | 'personal' | 'other';
    first: string;
    first_half: 'am' | 'pm';
    last: string;
    last_half: 'am' | 'pm';
    reason: string;
    file_ids: string[];
  }
}
