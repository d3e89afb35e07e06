/* The new school year under way: asks how far it is, and shows the page anew once it is over. */
(function () {
  'use strict';
  const box = document.querySelector('[data-rollover]');
  if (!box) return;
  const bar = box.querySelector('[data-bar]');
  const said = box.querySelector('[data-said]');
  const ask = function () {
    window.yanshu.ask(box.dataset.rollover).then(function (data) {
      if (!data.busy) { location.reload(); return; }
      bar.setAttribute('width', data.steps ? 100 * data.step / data.steps : 0);
      said.textContent = '已完成 ' + data.step + ' 步，共 ' + data.steps + ' 步';
      setTimeout(ask, 1000);
    }).catch(function (error) {
      said.textContent = error.message;
      setTimeout(ask, 4000);
    });
  };
  setTimeout(ask, 600);
})();
