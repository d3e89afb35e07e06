/* What a double throws when WeChat would refuse. `more` are further fields of the answer, such as errno. */
export class Refusal extends Error {
  constructor(message, more = {}) {
    super(message);
    this.more = more;
  }
}
