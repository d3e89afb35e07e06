/* Which of the classes one teaches a page about people shows: those with its right, one at a time. */

const api = require('./api');
const { ApiError } = require('./http');

/**
 * The classes with a right, and the one that is wanted, or the first.
 * @param {'people' | 'claims' | 'bindings' | 'invite'} right @param {string} wanted
 * @returns {Promise<{classes: Api.TaughtClass[], cls: Api.TaughtClass, offline: boolean}>}
 */
async function chooseClass(right, wanted) {
  const { data, offline } = await api.getHome();
  const classes = data.teaching ? data.teaching.classes.filter(({ rights }) => rights.includes(right)) : [];
  const cls = classes.find(({ id }) => id === wanted) || classes[0];
  if (!cls) throw new ApiError('not_found', '', {}, 404);
  return { classes, cls, offline };
}

module.exports = { chooseClass };
