/* Plotly on a government network, in Vietnamese: nothing is ever sent to a cloud, numbers and dates are written our way.
   Use: dcc.Graph(config={"locale": "vi", …}). Dash fetches plotly late, so the settings wait for it; the locale needs not. */
(function () {
  'use strict';

  const NEVER_OUTSIDE = { showSendToCloud: false, showEditInChartStudio: false, plotlyServerURL: '', displaylogo: false, topojsonURL: '/static/topojson/' };
  const months = Array.from({ length: 12 }, (_, month) => month + 1);

  const vietnamese = {
    moduleType: 'locale',
    name: 'vi',
    dictionary: {
      Autoscale: 'Vừa khung', 'Reset axes': 'Về ban đầu', 'Zoom in': 'Phóng to', 'Zoom out': 'Thu nhỏ', Zoom: 'Chọn vùng', Pan: 'Kéo',
      'Download plot as a PNG': 'Tải ảnh', 'Double-click to zoom back out': 'Bấm đúp để về ban đầu', 'Reset view': 'Về ban đầu',
    },
    format: {
      days: ['Chủ Nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'],
      shortDays: ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'],
      months: months.map(month => `Tháng ${month}`),
      shortMonths: months.map(month => `Th${month}`),
      periods: ['SA', 'CH'],
      date: '%d/%m/%Y',
      time: '%H:%M:%S',
      dateTime: '%H:%M:%S %d/%m/%Y',
      decimal: ',',
      thousands: '.',
      grouping: [3],
      currency: ['', ' ₫'],
      year: '%Y',
      month: '%m/%Y',
      dayMonth: '%d/%m',
      dayMonthYear: '%d/%m/%Y',
    },
  };
  (window.PlotlyLocales = window.PlotlyLocales || []).push(vietnamese);

  (function whenPlotlyIsHere() {
    if (window.Plotly?.setPlotConfig) window.Plotly.setPlotConfig(NEVER_OUTSIDE);
    else setTimeout(whenPlotlyIsHere, 50);
  })();
})();
