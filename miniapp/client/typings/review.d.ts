/** What the API answers about things that wait for somebody to look at them. */
declare namespace Api {
  interface Review {
    id: string;
    seen: number;
    kind: string;
    class_name: string;
    author: string;
    text: string;
    pictures: string[];
    reason: string;
    reported: number;
    whys: string[];
    hidden: boolean;
    can_freeze: boolean;
    waits_since: string;
  }
}
