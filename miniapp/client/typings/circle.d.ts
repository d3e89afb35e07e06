/* What the server's JSON about circles looks like. Names and shapes are those of /api/v1/openapi.json. */

declare namespace Api {
  type Checked = 'pass' | 'checking' | 'hold' | 'refuse';

  interface Circle {
    id: string;
    kind: string;
    name: string;
    number: number;
    as_staff: boolean;
    leads: boolean;
    may_post: boolean;
  }

  interface Topic {
    id: string;
    circle: string;
    author: string;
    name: string;
    as_staff: boolean;
    own: boolean;
    at: string;
    text: string;
    pictures: { file_id: string; width: number | null; height: number | null; child_ids: string[] }[];
    withheld: number;
    state: Checked;
    hidden: boolean;
    hidden_why: string;
    members: number;
    reads: number;
    children: number;
    reached: number;
    likes: number;
    liked: boolean;
    comments: number;
    replies: number;
  }

  interface TopicComment {
    id: string;
    author: string;
    name: string;
    as_staff: boolean;
    own: boolean;
    at: string;
    text: string;
    state: Checked;
    hidden: boolean;
    hidden_why: string;
  }

  interface Taggable {
    id: string;
    name: string;
    agrees: boolean;
  }

  interface TopicEvidence {
    topic: Topic;
    readers: { name: string; as_staff: boolean; read_at: string | null; counts: boolean }[];
    children: { name: string; reached: boolean }[];
    likes: string[];
    writers: { name: string; comments: number; counts: boolean }[];
  }
}
