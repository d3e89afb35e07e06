/* What the server's JSON about links looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  type ShelfLevel = 'national' | 'province' | 'city' | 'district' | 'school' | 'class';
  type LinkIcon = 'lesson' | 'book' | 'exercise' | 'reading' | 'video' | 'art' | 'sport' | 'family' | 'school' | 'tool';
  type BookPageKind = 'student' | 'teacher' | 'textbook';

  interface LinkRow {
    code: string;
    title: string;
    note: string;
    icon: LinkIcon;
    level: ShelfLevel;
    subject: Subject | null;
    pinned: boolean;
    one_tap: boolean;
    url: string;
    address: string;
  }

  type LinkHealth = 'unknown' | 'good' | 'shaky' | 'moved' | 'dead';

  interface LinkIn {
    title: string;
    address: string;
    book_id: string;
    page: BookPageKind;
    note: string;
    icon: LinkIcon;
    subject: string;
    valid_until: string | null;
    order: number;
    pinned: boolean;
  }

  interface OwnLink extends LinkIn {
    code: string;
    health: LinkHealth;
    url: string;
    version: number;
  }

  interface OwnLinkUse {
    code: string;
    families: number;
    teachers: number;
    others: number;
    term: number;
  }

  interface Attachable {
    title: string;
    url: string;
    subject: string;
  }

  interface BookRow {
    id: string;
    subject: Subject;
    title: string;
    pages: { page: BookPageKind; url: string }[];
  }

  interface Hit {
    kind: string;
    id: string;
    title: string;
    note: string;
    icon: LinkIcon;
    subject: Subject | null;
    level: ShelfLevel | null;
    url: string;
    pages: { page: BookPageKind; url: string }[];
  }

  interface Hits {
    hits: Hit[];
    total: number;
    next_cursor: string | null;
    reading: boolean;
  }

  interface Links {
    school_id: string;
    school_name: string;
    class_id: string;
    class_name: string;
    child_id: string | null;
    children: { id: string; name: string }[];
    books: BookRow[];
    links: LinkRow[];
  }

  type ResourceKind = 'plan' | 'slides' | 'guide' | 'material' | 'exercise' | 'paper' | 'video' | 'research';

  interface ResourceRow {
    id: string;
    kind: ResourceKind;
    title: string;
    grade: number;
    subject: Subject;
    book: string;
    chapter: string;
    school: string;
    author: string;
    rating: { used: number; rated: number; average: number | null };
  }

  interface ResourceList {
    items: ResourceRow[];
    next_cursor: string | null;
    subjects: Subject[];
    grades: number[];
    chapters: string[];
    files: boolean;
    waiting: number | null;
  }

  interface ResourceFile {
    file_id: string;
    kind: string;
    name: string;
    size_bytes: number;
    seconds: number;
  }

  interface OneResource extends ResourceRow {
    summary: string;
    files: ResourceFile[];
    mine: boolean;
    used: boolean;
    stars: number;
    standing: ResourceStanding | null;
    lessons: ResourceLessons | null;
    review: ResourceReview | null;
  }

  interface ResourceReview {
    revision: number;
    due_at: string;
    claim: ResourceClaim;
    whence: string;
    asked: string;
    words: ResourceStanding['words'];
    twins: { id: string; title: string }[];
    place: string;
    above: string;
  }

  interface WaitingResource extends ResourceRow {
    due_at: string;
    mine: boolean;
  }

  interface ResourceLessons {
    classes: { id: string; name: string }[];
    first: string;
    today: string;
    said: { class_id: string; class_name: string; day: string }[];
  }

  type ResourceTier = 'school' | 'district' | 'city';
  type ResourceClaim = 'own' | 'school' | 'licensed' | 'open';

  interface ResourceStanding {
    stand: 'waiting' | 'returned' | 'shelved' | 'down' | 'withdrawn';
    tier: ResourceTier | null;
    by: string;
    reason: string;
    words: 'pass' | 'checking' | 'hold' | 'refuse';
    revision: number;
  }

  interface OwnContent {
    kind: ResourceKind;
    title: string;
    summary: string;
    claim: ResourceClaim;
    whence: string;
    grade: number;
    subject: string;
    book_id: string;
    chapter: string;
    open: boolean;
    files: ResourceFile[];
    standing: ResourceStanding;
  }

  interface OwnResource extends ResourceRow {
    created_at: string;
    standing: ResourceStanding;
  }

  interface ResourceForm {
    grades: number[];
    subjects: Subject[];
    books: { id: string; title: string }[];
    file_bytes: number;
    film_bytes: number;
    film_endings: string[];
  }

  interface ResourceIn {
    kind: string;
    title: string;
    summary: string;
    claim: string;
    whence: string;
    grade: number;
    subject: string;
    book_id: string;
    chapter: string;
    open: boolean;
    file_ids: string[];
  }
}
