/* What my children's data may be used for: each purpose word for word, with its own yes and no. */

const { ask, attempt, say } = require('../../lib/acts');
const { fill, words } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const people = require('../../lib/people');
const screen = require('../../lib/screen');

const BASIC = 'service'; // without it there is no service: a no ends the binding

Page({
  ...screen.reloading((t) => t.consents.title),
  data: { ...screen.data(), parts: /** @type {ReturnType<typeof partsOf>} */ ([]), busy: '' },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getConsents();
      return { parts: partsOf(data), offline };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  yes(event) {
    return this.decide(event, 'yes');
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async no(event) {
    const { purpose, name } = event.currentTarget.dataset;
    const t = this.data.t.consents;
    const asked = { title: fill(t.refuseAsk, { name }), content: fill(t.refuseHint, { name }), yes: t.refuse, no: t.think, danger: true };
    if (purpose !== BASIC || (await ask(asked))) await this.decide(event, 'no');
  },

  /** @param {WechatMiniprogram.TouchEvent} event @param {'yes' | 'no'} decision */
  async decide(event, decision) {
    const { purpose, child, version } = event.currentTarget.dataset;
    const t = this.data.t.consents;
    const act = () => people.decideConsent({ purpose, decision, version, child_id: child });
    const found = await attempt(this, `${purpose}-${child}`, act);
    if (!found) return;
    this.setData({ parts: partsOf(found.done) });
    say(decision === 'yes' ? t.yesDone : purpose === BASIC ? t.endedDone : t.noDone);
  },
});

/** One part for each child, and one about oneself where there are children. @param {Api.Consents} found */
function partsOf(found) {
  const texts = Object.fromEntries(found.texts.map((text) => [text.purpose, text]));
  const parts = found.children.map(({ child_id: id, child_name: name, rows }) => ({ id, name, title: name, rows: rows.map((row) => viewOf(row, texts[row.purpose])) }));
  if (parts.length) parts.push({ id: '', name: '', title: words().consents.self, rows: found.own.map((row) => viewOf(row, texts[row.purpose])) });
  return parts;
}

/** @param {Api.ConsentRow} row @param {Api.ConsentText} text */
function viewOf(row, text) {
  const t = words().consents;
  const counts = row.decision !== null && !row.asked;
  const chosen = counts ? row.decision : null;
  let label = { text: t.unanswered, tone: row.purpose === BASIC ? 'todo' : 'soft' };
  if (chosen === 'yes') label = { text: row.purpose === BASIC ? t.given : t.may, tone: 'done' };
  else if (chosen === 'no') label = { text: text.no, tone: 'soft' };
  else if (row.decision) label = { text: t.changed, tone: 'todo' };
  const foot = [fill(t.version, { n: text.version, since: text.since }), row.decided_at ? fill(t.answered, { when: moment(row.decided_at) }) : ''];
  return { ...text, chosen, label, changed: row.decision !== null && row.asked, foot: foot.filter(Boolean).join(' · ') };
}
