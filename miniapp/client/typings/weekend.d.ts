/* What the server's JSON about the virtual class looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  interface TaskStep {
    number: number;
    text: string;
    link: string;
    attachments: Attachment[];
  }

  interface TaskList {
    id: string;
    class_id: string;
    subject: Subject | null;
    author: string;
    title: string;
    intro: string;
    steps: TaskStep[];
    first_on: string;
    last_on: string;
    opens_at: string;
    open: boolean;
    withdrawn: boolean;
  }

  interface SharedPiece {
    id: string;
    step: number;
    text: string;
    files: Attachment[];
    at: string;
  }

  interface Piece extends SharedPiece {
    relation: string;
    shared: boolean;
  }

  interface PeerComment {
    id: string;
    piece_id: string;
    name: string;
    mine: boolean;
    text: string;
    at: string;
    state: 'waiting' | 'allowed' | 'refused';
  }

  interface TaskQuestion {
    id: string;
    step: number;
    text: string;
    at: string;
    answer: string;
    answered_by: string;
    answered_at: string | null;
    shown: boolean;
  }

  interface TaskWork {
    done: number[];
    pieces: Piece[];
  }

  interface TaskCircle {
    group_id: string;
    name: string;
    hidden: number;
    fellows: { name: string; pieces: SharedPiece[] }[];
    comments: PeerComment[];
  }

  interface OpenedTasks {
    tasks: TaskList;
    child_id: string;
    may_act: boolean;
    agrees: boolean;
    work: TaskWork;
    group: TaskCircle | null;
    open_groups: { id: string; name: string; members: number; full: boolean }[];
    questions: TaskQuestion[];
    answers: TaskQuestion[];
  }

  interface TaskListRow {
    id: string;
    title: string;
    subject: Subject | null;
    author: string;
    steps: number;
    first_on: string;
    last_on: string;
    open: boolean;
  }

  interface TaskOptions {
    classes: { id: string; name: string; subjects: Subject[]; general: boolean }[];
    breaks: { first_on: string; last_on: string }[];
  }

  interface OwnTaskRow {
    id: string;
    title: string;
    subject: Subject | null;
    author: string;
    mine: boolean;
    first_on: string;
    last_on: string;
    open: boolean;
    withdrawn: boolean;
    waiting: number;
  }

  interface TaskPupil {
    child_id: string;
    name: string;
    number: number;
    done: number[];
    pieces: number[];
    shared: number[];
  }

  interface TaskGroup {
    id: string;
    name: string;
    joinable: boolean;
    child_ids: string[];
  }

  interface TaskGroups {
    version: number;
    groups: TaskGroup[];
  }

  interface HeldComment {
    id: string;
    child_id: string;
    name: string;
    on_id: string;
    on: string;
    step: number | null;
    text: string;
    at: string;
    state: 'waiting' | 'allowed' | 'refused';
  }

  interface AskedQuestion extends TaskQuestion {
    child_id: string;
    name: string;
    relation: string;
  }

  interface TaskDesk {
    tasks: TaskList;
    mine: boolean;
    pupils: TaskPupil[];
    groups: TaskGroups;
    comments: HeldComment[];
    questions: AskedQuestion[];
  }

  interface TaskListIn {
    class_id: string;
    subject: string;
    title: string;
    intro: string;
    first_on: string;
    last_on: string;
    steps: { words: string; link: string; file_ids: string[] }[];
  }
}
