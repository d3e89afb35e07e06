/* Links that were given out: how often the classes opened each of them since, never by whom. */

const { ApiError } = require('./http');
const { fill, words } = require('../i18n/index');

/**
 * A line for each; none where nobody can be asked: the rest of the screen does not wait for it.
 * @param {() => Promise<import('./api').Read<{links: Api.GivenLink[]}>>} ask @param {string} since what stands before the number
 */
async function givenRows(ask, since) {
  const t = words().given;
  try {
    const { links } = (await ask()).data;
    return links.map(({ title, families, teachers }, at) => ({
      key: String(at),
      says: (title ? fill(t.named, { title }) : '') + since + (families === null ? t.few : fill(t.opened, { families, teachers: teachers || 0 })),
    }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [];
  }
}

module.exports = { givenRows };
