/* How far something has come. */
const { host } = window.__tags;

Component({
  properties: { percent: Number, activeColor: { type: String, value: '#07c160' }, backgroundColor: String, strokeWidth: null, showInfo: Boolean, active: Boolean, borderRadius: null },
  observers: {
    'percent, activeColor'(percent, color) {
      host(this).style.background = `linear-gradient(90deg, ${color} ${percent}%, rgba(128, 128, 128, .2) 0)`;
    },
  },
});
