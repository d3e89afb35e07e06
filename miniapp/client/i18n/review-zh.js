/* What the queue of things to be looked at says, in Chinese. */

module.exports = {
  review: {
    title: '内容审核',
    entry: '{n} 条内容等您看一看',
    school: '全校',
    reported: '{n} 位成员举报',
    why: '说明',
    whyHint: '说明，会告诉对方，可以不写',
    yes: '可以展示',
    no: '不展示',
    usualNo: '这里不太适合发这个内容，谢谢理解。',
    usualMute: '先冷静一下，过后再聊。',
    shown: '已通过，大家看得到了',
    notShown: '没有展示，已经告诉对方',
    silence: '禁言或冻结讨论',
    mute: '禁言{name}',
    hour: ' 1 小时',
    day: ' 1 天',
    week: ' 7 天',
    freeze: '冻结这处讨论',
    muted: '已禁言，到时间自动恢复',
    frozen: '已冻结，可以在管理台解除',
    none: '没有要看的内容',
    noneHint: '拿不准的和有人举报的，会出现在这里',
  },
};
