/* Photographs before they go up: a line in a school corridor carries 200 KB, not 6 MB. Those of iPhones (HEIC) become
   a JPEG here, in the browser that can show them: the server has no decoder for them. Where this browser has none
   either, that is said at once and nothing goes up. */
(function () {
  'use strict';
  const yanshu = window.yanshu;
  const FINE_EDGE = 4096; // what a canvas of an iPhone holds
  const SMALL_EDGE = 1600, QUALITY = 0.85;
  const BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']; // domain/pictures.py
  const REFUSED = '这张照片是苹果的 HEIC 格式，这里打不开。手机上请从相册里选，不勾“原图”；电脑上请用“预览”导出成 JPEG 再传';

  function isHeic(file) {
    if (/^image\/hei[cf]/.test(file.type)) return Promise.resolve(true);
    return file.slice(4, 12).arrayBuffer().then(function (bytes) {
      const head = String.fromCharCode.apply(null, new Uint8Array(bytes));
      return head.slice(0, 4) === 'ftyp' && BRANDS.indexOf(head.slice(4)) >= 0;
    }, function () { return false; }); // what cannot be read says so when it is sent
  }
  /* The picture upright as a JPEG that says nothing beside itself; null where this browser cannot show it. */
  function drawn(file, edge) {
    return new Promise(function (resolve) {
      const address = URL.createObjectURL(file), picture = new Image();
      picture.onerror = function () { URL.revokeObjectURL(address); resolve(null); };
      picture.onload = function () {
        const scale = Math.min(1, edge / Math.max(picture.naturalWidth, picture.naturalHeight));
        const canvas = document.createElement('canvas');
        canvas.width = Math.round(picture.naturalWidth * scale);
        canvas.height = Math.round(picture.naturalHeight * scale);
        const pen = canvas.getContext('2d');
        pen.fillStyle = '#fff';
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(address);
        canvas.toBlob(function (made) {
          const name = file.name.replace(/\.hei[cf]$/i, '.jpg');
          resolve(made && new File([made], name, { type: 'image/jpeg', lastModified: file.lastModified }));
        }, 'image/jpeg', QUALITY);
      };
      picture.src = address;
    });
  }

  /* The file itself, or a JPEG of a photograph of an iPhone. Rejects with an Error whose message is for people. */
  yanshu.readable = function (file) {
    return isHeic(file).then(function (heic) {
      if (!heic) return file;
      return drawn(file, FINE_EDGE).then(function (picture) {
        if (!picture) throw new Error(REFUSED);
        return picture;
      });
    });
  };
  /* A photograph as a JPEG of at most 1600 px; anything that is none, or would grow, as it is. Rejects as `readable`. */
  yanshu.shrunk = function (file) {
    return yanshu.readable(file).then(function (picture) {
      if (!/^image\/(jpeg|png|webp)$/.test(picture.type)) return picture;
      return drawn(picture, SMALL_EDGE).then(function (small) { return small && small.size < picture.size ? small : picture; });
    });
  };
})();
