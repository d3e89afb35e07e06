/* The one file to change for a school of one's own: where the server is. Which messages may be subscribed to is the
server's to say (YANSHU_MINI_TEMPLATE_…). */

/** The server's address by WeChat's version of the mini-program: in the developer tool, on trial, for everybody. */
const BASES = {
  develop: 'http://127.0.0.1:8000',
  trial: 'https://trial.yanshu.example',
  release: 'https://yanshu.example',
};

const environment = wx.getAccountInfoSync().miniProgram.envVersion;

module.exports = {
  base: BASES[environment],
  environment,
};
