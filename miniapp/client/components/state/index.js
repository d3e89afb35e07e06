/* Nothing here, or nothing to be had: an icon, two lines, and what to do about it. */

Component({
  properties: {
    icon: { type: String, value: 'check' },
    title: String,
    hint: String,
    action: String, // the button's word; without one there is no button
    good: Boolean, // something went well
    tall: Boolean, // fills the page instead of a card
  },
  methods: {
    act() {
      this.triggerEvent('act');
    },
  },
});
