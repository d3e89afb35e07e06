/* An evening as a drawing: its minutes by subject, to scale with the limit; what they are below. */

Component({
  properties: {
    load: { type: Object, value: /** @type {any} */ (null) }, // what lib/rows.js's drawing() makes
    quiet: Boolean, // without the names
  },
});
