/* From what the server says of a conversation to what is shown about it. */

const { fill, words } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');

/** @param {{name: string, as_staff: boolean, leads: boolean}[]} members */
function memberRows(members) {
  const { chat } = words();
  return members.map(({ name, as_staff: staff, leads }, index) => ({
    key: index,
    name: staff && name !== chat.mine ? teacher(name) : name,
    tag: leads ? chat.leads : staff ? chat.staff : '',
  }));
}

/** Where feedback stands, and until when it is answered. @param {Api.Thread} thread */
function standing({ number, state, due_at: due }) {
  const { about, talk } = words();
  if (!state) return { state: '', stands: '', due: '', late: false };
  const open = state === 'open' && due !== null;
  const late = open && new Date(due) < new Date();
  return {
    state,
    stands: fill(about.stands, { n: number, state: talk.handled[state] }),
    due: open ? fill(late ? about.overdue : about.due, { when: moment(due) }) : '',
    late,
  };
}

/** What stands above a conversation: how its group talks, or where feedback stands. @param {Api.Thread} thread */
function headOf(thread) {
  const { about } = words();
  const { stands, due, late } = standing(thread);
  if (thread.kind === 'talk' && thread.mode) return { text: about.modes[thread.mode], late: false };
  if (thread.kind === 'question') return { text: about.unseen, late: false };
  if (thread.kind === 'feedback') return { text: [stands, due].filter(Boolean).join(' · '), late };
  return { text: thread.as_staff ? about.withFamily : about.alone, late: false };
}

module.exports = { headOf, memberRows, standing };
