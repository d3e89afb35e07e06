/* A picture with WeChat's modes. */
const { host, picture } = window.__tags;
const FITS = { aspectFit: 'contain', aspectFill: 'cover', widthFix: 'contain', heightFix: 'contain', center: 'none' };

Component({
  properties: { src: String, mode: { type: String, value: 'scaleToFill' }, lazyLoad: Boolean, showMenuByLongpress: Boolean, webp: Boolean },
  observers: {
    'src, mode'(src, mode) {
      const element = host(this);
      if (!this.inside) this.begin(element);
      this.inside.style.objectFit = FITS[mode] || 'fill';
      if (src) this.inside.src = picture(src);
      else this.inside.removeAttribute('src');
    },
  },
  methods: {
    begin(element) {
      const image = (this.inside = document.createElement('img'));
      image.alt = '';
      image.style.cssText = 'width: 100%; height: 100%; display: block';
      image.onload = () => {
        const { naturalWidth: width, naturalHeight: height } = image;
        if (this.data.mode === 'widthFix') element.style.height = `${(element.clientWidth * height) / width}px`;
        this.triggerEvent('load', { width, height });
      };
      image.onerror = () => this.triggerEvent('error', { errMsg: `GET ${this.data.src}` });
      element.appendChild(image);
    },
  },
});
