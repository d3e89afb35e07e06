/* A canvas of type 2d; the node that a selector query hands out is the browser's own. */
const { host } = window.__tags;

Component({
  properties: { type: String, canvasId: String, disableScroll: Boolean },
  lifetimes: {
    attached() {
      const canvas = document.createElement('canvas');
      canvas.style.cssText = 'width: 100%; height: 100%; display: block';
      canvas.createImage = () => new Image();
      canvas.requestAnimationFrame = (act) => requestAnimationFrame(act);
      host(this).__node = canvas;
      host(this).appendChild(canvas);
      if (this.data.disableScroll) host(this).style.touchAction = 'none';
    },
  },
});
