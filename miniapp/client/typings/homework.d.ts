/* What the server's JSON about homework looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  type HandIn = 'nothing' | 'tick' | 'text' | 'pictures' | 'voice' | 'file';

  interface Subject {
    code: string;
    name: string;
  }

  interface Minutes {
    written: number | null;
    total: number | null;
  }

  interface EveningItem {
    id: string;
    subject: Subject;
    summary: string;
    minutes: number;
    written: boolean;
    hand_in: HandIn;
    due_at: string | null;
    author: string;
    corrected: boolean;
  }

  interface EveningRow {
    child_id: string;
    child_name: string;
    class_name: string;
    day: string;
    minutes: number;
    limits: Minutes;
    items: EveningItem[];
  }

  interface Homework {
    id: string;
    state: 'unpublished' | 'published' | 'withdrawn';
    subject: Subject;
    text: string;
    attachments: Attachment[];
    links: NamedLink[];
    minutes: number;
    written: boolean;
    day: string;
    due_at: string | null;
    hand_in: HandIn;
    author: string;
    published_at: string;
    corrected: boolean;
    children: { id: string; name: string; took: number | null }[];
  }

  interface ClassToSet {
    id: string;
    name: string;
    grade: number;
    written: boolean;
    subjects: Subject[];
  }

  interface Reserved {
    subject: Subject;
    minutes: number;
    written: boolean;
    author: string;
    mine: boolean;
    pupils: number | null;
    allowed: boolean;
  }

  interface Budget {
    class_id: string;
    class_name: string;
    day: string;
    limits: Minutes;
    load: Minutes;
    items: Reserved[];
  }

  interface Clash {
    class_id: string;
    class_name: string;
    day: string;
    limits: Minutes;
    excess: Minutes;
    items: Reserved[];
    may_ask: boolean;
  }

  interface OwnHomeworkRow {
    id: string;
    state: 'unpublished' | 'published' | 'withdrawn';
    subject: Subject;
    class_ids: string[];
    group: string;
    summary: string;
    minutes: number;
    evening: string;
    publish_at: string;
  }

  interface OwnHomework {
    id: string;
    state: 'unpublished' | 'published' | 'withdrawn';
    attempts: number;
    subject: Subject;
    class_ids: string[];
    student_ids: string[];
    group: string;
    text: string;
    attachments: Attachment[];
    links: NamedLink[];
    minutes: number;
    written: boolean;
    day: string;
    evening: string;
    due_at: string | null;
    hand_in: HandIn;
    publish_at: string;
    corrected: boolean;
    clashes: Clash[];
  }

  interface GivenLink {
    url: string;
    title: string;
    families: number | null;
    teachers: number | null;
  }

  interface HomeworkIn {
    subject: string;
    class_ids: string[];
    student_ids?: string[];
    group?: string;
    text: string;
    file_ids: string[];
    links: string[];
    minutes: number;
    written: boolean;
    day: string;
    due_at: string;
    hand_in: HandIn;
    publish_at: string;
    repeats: string;
  }

  interface Overrun {
    id: string;
    class_name: string;
    subject: Subject;
    author: string;
    minutes: number;
    evening: string;
    excess: Minutes;
    why: string;
    text: string;
    asked_at: string;
    expires_at: string;
    budget: Budget;
  }

  interface OwnOverrun {
    class_id: string;
    state: 'waiting' | 'allowed' | 'refused';
    over: boolean;
    decided_by: string;
    reason: string;
    expires_at: string;
  }

  interface Calibration {
    answers: number;
    children: number;
    ratio: number | null;
  }
}

declare namespace Api {
  type Stamp = 'seen' | 'good' | 'careful' | 'progress' | 'effort';
  type Level = 'excellent' | 'good' | 'passed' | 'try_again';
  type Cause = 'unknown' | 'careless' | 'misread' | 'concept' | 'method';

  interface Stroke {
    colour: string;
    width: number;
    points: number[];
  }

  interface Drawing {
    file_id: string;
    strokes: Stroke[];
  }

  interface WorkVersion {
    number: number;
    text: string;
    files: Attachment[];
    relation: string;
    handed_in_at: string;
    late: boolean;
  }

  interface Mark {
    version: number;
    teacher: string;
    marked_at: string;
    returned: boolean;
    comment: string;
    voice: Attachment | null;
    stamp: Stamp | null;
    level: Level | null;
    points: number | null;
    points_of: number | null;
    drawings: Drawing[];
  }

  interface Submission {
    state: 'handed_in' | 'returned' | 'marked';
    versions: WorkVersion[];
    marks: Mark[];
    praised: boolean;
    may_hand_in: boolean;
  }

  interface ChildWork {
    homework_id: string;
    child_id: string;
    subject: Subject;
    text: string;
    hand_in: HandIn;
    due_at: string | null;
    may_hand_in: boolean;
    submission: Submission | null;
  }

  interface PileRow {
    child_id: string;
    name: string;
    number: number;
    state: 'handed_in' | 'returned' | 'marked' | null;
    versions: number;
    pictures: number;
    late: boolean;
    handed_in_at: string | null;
    stamp: Stamp | null;
    praised: boolean;
  }

  interface Pile {
    homework_id: string;
    class_id: string;
    class_name: string;
    handed_in: number;
    waiting: number;
    returned: number;
    items: PileRow[];
  }

  interface MarkIn {
    version: number;
    marks: number;
    comment: string;
    voice_file_id: string;
    stamp: Stamp | null;
    level: Level | null;
    points: number | null;
    points_of: number | null;
    drawings: Drawing[];
    returned: boolean;
  }

  interface Mistake {
    id: string;
    subject: string;
    note: string;
    knowledge: string;
    cause: Cause;
    file_id: string | null;
    teacher: string;
    entered: string;
    due: string | null;
    reviews: { day: string; right: boolean }[];
    practice: { title: string; address: string }[];
  }
}

declare namespace Api {
  interface Week {
    monday: string;
    homework: number;
    minutes: number;
    to_hand_in: number;
    handed_in: number;
    late: number;
    to_correct: number;
    marked: number;
    mistakes: number;
    tried: number;
    right: number;
    learned: number;
    due: number;
  }

  interface ReportFigures {
    homework: number;
    minutes: number;
    to_hand_in: number;
    handed_in: number;
    on_time: number;
    returned: number;
    marked: number;
  }

  interface Report {
    term: string;
    first_on: string;
    last_on: string;
    figures: ReportFigures;
    subjects: { subject: Subject; figures: ReportFigures }[];
    weeks: { monday: string; figures: ReportFigures }[];
  }
}

declare namespace Api {
  interface TeachersSubmission extends Submission {
    may_praise: boolean;
  }

  interface Praised {
    name: string;
    text: string;
    files: Attachment[];
  }

  interface Cut {
    x: number;
    y: number;
    width: number;
    height: number;
  }

  interface MistakeWords {
    note: string;
    knowledge: string;
    cause: Cause;
  }

  interface MistakeIn extends MistakeWords {
    subject?: string;
    file_id: string;
    homework_id?: string;
    cut?: Cut;
  }

  interface Tonight {
    child_id: string;
    count: number;
    minutes: number;
    day: string;
  }
}

declare namespace Api {
  interface PracticeRow {
    id: string;
    subject: Subject;
    point: string;
    title: string;
    address: string;
  }
}
