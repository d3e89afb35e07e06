/* Families that WeChat does not reach: names below the reason that they share. */

Component({
  properties: { groups: { type: Array, value: /** @type {any[]} */ ([]) } },
});
