/* Drawing, and asking where things are on the page. */

import { Refusal } from './refusal.js';

export function canvasDoubles({ stack }) {
  /** A query over the page on top, or over the component that is named by in(). */
  function createSelectorQuery() {
    return stack.top.instance.createSelectorQuery();
  }

  function canvasToTempFilePath({ canvas, fileType = 'png', quality = 1 }) {
    if (!canvas) throw new Refusal('canvas is empty');
    return new Promise((resolve) => {
      canvas.toBlob((blob) => resolve({ tempFilePath: URL.createObjectURL(blob) }), `image/${fileType}`, quality);
    });
  }

  return { calls: { canvasToTempFilePath }, values: { createSelectorQuery } };
}
