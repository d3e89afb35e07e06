/* A class's evening for its teachers: whose homework takes how much of it, and what the newcomer makes of it. */

Component({
  properties: {
    row: { type: Object, value: /** @type {any} */ (null) }, // what lib/rows.js's budgetRow() or clashRow() makes
    open: Boolean, // with everything that is there already
  },
});
