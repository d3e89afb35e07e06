Component({
  properties: { hoverClass: String, hoverStartTime: Number, hoverStayTime: Number, hoverStopPropagation: Boolean },
});
