/* A field to type into. */
const { host } = window.__tags;
const KEYBOARDS = { number: 'numeric', digit: 'decimal' };

Component({
  behaviors: ['wx://form-field'],
  properties: {
    value: null, name: String, type: { type: String, value: 'text' }, password: Boolean, placeholder: String, placeholderStyle: String,
    placeholderClass: String, disabled: Boolean, maxlength: { type: Number, value: 140 }, focus: Boolean, autoFocus: Boolean,
    confirmType: String, autoHeight: Boolean, cursorSpacing: null, adjustPosition: Boolean, confirmHold: Boolean, cursor: null,
    selectionStart: null, selectionEnd: null, holdKeyboard: Boolean, fixed: Boolean, showConfirmBar: Boolean,
    disableDefaultPadding: Boolean, alwaysEmbed: Boolean,
  },
  observers: {
    value(value) {
      const field = this.field;
      if (field && value !== null && field.value !== String(value)) field.value = value;
      this.grow();
    },
    'placeholder, disabled, type, password, maxlength, ariaLabel'() {
      if (this.field) this.dress();
    },
    focus(wanted) {
      if (this.field && wanted) this.field.focus();
    },
  },
  lifetimes: {
    attached() {
      const field = (this.field = document.createElement('textarea'));
      field.value = this.data.value === null ? '' : this.data.value;
      this.dress();
      const say = (name, more) => this.triggerEvent(name, { value: field.value, cursor: field.selectionStart, ...more });
      field.addEventListener('input', () => {
        this.data.value = field.value;
        this.grow();
        say('input');
      });
      field.addEventListener('focus', () => say('focus', { height: 0 }));
      field.addEventListener('blur', () => say('blur'));
      field.addEventListener('change', () => say('change'));
      host(this).appendChild(field);
      this.grow();
      if (this.data.focus || this.data.autoFocus) field.focus();
    },
  },
  methods: {
    dress() {
      const { field, data } = this;
      field.placeholder = data.placeholder;
      field.disabled = data.disabled;
      field.inputMode = KEYBOARDS[data.type] || 'text';
      if (data.maxlength >= 0) field.maxLength = data.maxlength;
      else field.removeAttribute('maxlength');
      if (data.ariaLabel) field.setAttribute('aria-label', data.ariaLabel);
    },
    grow() {
      if (!this.field || !this.data.autoHeight) return;
      this.field.rows = 1; // WeChat's begins with one line and grows
      this.field.style.height = 'auto';
      host(this).style.height = this.field.style.height = this.field.scrollHeight + 'px';
    },
  },
});
