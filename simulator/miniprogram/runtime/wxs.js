/* What WXS has and browsers have not; runs before the compiled templates. */
for (const type of [Object, Array, String, Number, Boolean, Function, Date, RegExp]) {
  Object.defineProperty(type.prototype, '__word', { value: type.name, enumerable: false, writable: true });
}
window.global = window;
window.getRegExp = (pattern, flags) => new RegExp(pattern, flags);
window.getDate = (...parts) => new Date(...parts);
