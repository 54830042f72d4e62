// A Plotly figure that grows while one looks at it: zoom, hover and legend stay.
// Plotly's own script comes from the Python package, through the app's server.

let loading; // one script for all charts of the page

function loadPlotly(path) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, document.baseURI);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`no ${script.src}`));
    document.head.append(script);
  });
  return loading;
}

const charts = new WeakMap(); // parentElement -> its chart

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const chart = charts.get(parentElement) ?? new Chart(parentElement);
  charts.set(parentElement, chart);
  chart.show(data);
  return () => {
    chart.remove();
    charts.delete(parentElement);
  };
}

class Chart {
  constructor(parent) {
    this.box = document.createElement("div");
    this.box.setAttribute("role", "img");
    parent.append(this.box);
    this.observer = new ResizeObserver(() => this.plotly && this.plotly.Plots.resize(this.box));
  }

  async show(data) {
    this.data = data;
    this.box.setAttribute("aria-label", data.alt);
    this.box.style.height = `${data.figure.layout.height}px`;
    if (this.plotly === undefined) {
      this.plotly = null; // asked for
      this.plotly = await loadPlotly(data.script);
      if (!this.box.isConnected) return;
      this.observer.observe(this.box);
    }
    if (this.plotly) this.draw(this.data);
  }

  draw({ figure, config }) {
    const style = getComputedStyle(this.box);
    const line = `color-mix(in srgb, ${style.color} 18%, transparent)`;
    const axes = {};
    for (const [name, axis] of Object.entries(figure.layout)) {
      if (/^[xy]axis/.test(name)) axes[name] = { gridcolor: line, linecolor: line, zeroline: false, ...axis };
    }
    const layout = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: style.color, family: style.fontFamily, size: 13 },
      hoverlabel: { bgcolor: style.getPropertyValue("--st-secondary-background-color") || "#fff" },
      ...figure.layout,
      ...axes,
    };
    this.plotly.react(this.box, figure.data, layout, { responsive: false, ...config });
  }

  remove() {
    this.observer.disconnect();
    if (this.plotly) this.plotly.purge(this.box);
    this.box.remove();
  }
}
