/* How large the writing is. Light and dark follow WeChat by themselves (app.wxss, theme.json). */

const STORED = 'text-size';
const SCALES = { normal: 1, large: 1.3 };
// From this on WeChat itself is set to large writing (its slider: 15 to 26), and we follow.
const LARGE_SETTING = 20;

/** @typedef {keyof typeof SCALES} TextSize */

/** @returns {TextSize} what was chosen here, or what WeChat is set to */
function textSize() {
  const chosen = wx.getStorageSync(STORED);
  if (chosen in SCALES) return chosen;
  const { fontSizeSetting } = /** @type {{fontSizeSetting?: number}} */ (wx.getAppBaseInfo());
  return fontSizeSetting && fontSizeSetting >= LARGE_SETTING ? 'large' : 'normal';
}

/** @param {TextSize} size */
function chooseTextSize(size) {
  wx.setStorageSync(STORED, size);
}

/** For <page-meta page-style>: the scale that every size of writing in app.wxss is multiplied by. */
function look() {
  return `--scale: ${SCALES[textSize()]}`;
}

module.exports = { chooseTextSize, look, textSize };
