/* WeChat's own sheet about notices. WeChat opens it from a tap only: `ask` is called by the handler of one, first thing. */

const api = require('./api');
const { ApiError } = require('./http');

const SWITCHED_OFF = 20004; // requestSubscribeMessage: the person has switched all subscription messages off

/**
 * Ask for these templates and report what was answered; WeChat reports it too, and it counts once.
 * @param {string[]} templates
 * @returns {Promise<{said: 'yes' | 'no' | 'off' | 'nothing', now: Api.Subscriptions | null}>} `now`: as the server has it
 */
async function ask(templates) {
  /** @type {Record<string, any>} */
  let answered;
  try {
    answered = await wx.requestSubscribeMessage({ tmplIds: templates });
  } catch (error) {
    const off = /** @type {any} */ (error).errCode === SWITCHED_OFF;
    return { said: off ? 'off' : 'nothing', now: null };
  }
  const results = Object.fromEntries(templates.filter((id) => answered[id]).map((id) => [id, String(answered[id])]));
  if (!Object.keys(results).length) return { said: 'nothing', now: null };
  // Every kind of accept is a yes: acceptWithAudio, acceptWithAlert …
  const said = Object.values(results).some((one) => one.startsWith('accept')) ? 'yes' : 'no';
  try {
    return { said, now: await api.putSubscriptions(results, api.newKey()) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { said, now: null };
  }
}

/**
 * Whether WeChat's settings let the sheet come at all: the main switch, or a no to one of these for good.
 * @param {string[]} templates
 */
async function isSwitchedOff(templates) {
  try {
    const { subscriptionsSetting: setting } = await wx.getSetting({ withSubscriptions: true });
    const kept = /** @type {Record<string, any>} */ (setting.itemSettings || {});
    return !setting.mainSwitch || templates.some((id) => kept[id] === 'reject' || kept[id] === 'ban');
  } catch {
    return false; // An older WeChat does not say; its sheet will.
  }
}

module.exports = { ask, isSwitchedOff };
