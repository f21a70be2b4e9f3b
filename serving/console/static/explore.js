// Charts that can be explored: a press of the button loads the charting library and draws the data
// that stand beside a drawing. Without this script the drawing and its table are all there is.
"use strict";

// The library writes its rules into the sheet of the element with the first name, and would add a
// style element of a map library unless there is an element with the second. The policy lets no
// style stand in a page, so the first is lent to our own sheet, and the second to an empty element.
const SHEET = "plotly.js-style-global";
const MAPS_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
const NARROW = 560;
const DAY = 86_400_000;
let library = null;

function load(address) {
  library ??= new Promise((done, failed) => {
    document.querySelector("link[href*='/explore.css']").id = SHEET;
    const empty = document.createElement("meta");
    empty.id = MAPS_STYLE;
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => done(window.Plotly));
    script.addEventListener("error", () => { library = null; script.remove(); failed(new Error(address)); });
    document.head.append(empty, script);
  });
  return library;
}

// No <b>: the library writes it as a style attribute, which the policy refuses.
const sayable = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const lines = (...parts) => parts.map(sayable).join("<br>");

function colours() {
  const styles = getComputedStyle(document.documentElement);
  return (role) => styles.getPropertyValue(`--${role}`).trim();
}

function base(colour) {
  return {
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("muted") },
    paper_bgcolor: colour("surface"),
    plot_bgcolor: colour("surface"),
    hoverlabel: { bgcolor: colour("surface"), bordercolor: colour("strong-line"), align: "left", namelength: 0, font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("ink") } },
    hovermode: "closest",
    hoverdistance: 24,
    dragmode: "pan",
    showlegend: true,
    autosize: true,
  };
}

function timeline(data, width, colour) {
  const narrow = width < NARROW;
  const rows = data.rows.length;
  const [upper, gap, row] = [narrow ? 170 : 230, rows ? 22 : 0, narrow ? 40 : 30];
  const inner = upper + gap + rows * row;
  const margin = { l: narrow ? 56 : 76, r: 12, t: narrow ? 62 : 30, b: 30 };
  const days = data.times.map((time) => time.slice(0, 10));
  const runs = data.runs.map((run) => ({
    type: "scatter", mode: "lines+markers", name: sayable(run.title), x: data.times, y: run.values,
    text: days.map((day, n) => lines(day, ...data.runs.map((each) => `${each.title}: ${each.said[n]}`))),
    hovertemplate: "%{text}<extra></extra>",
    line: { color: colour(run.colour), width: 2, dash: run.dashed ? "6px,4px" : "solid" },
    marker: { color: colour(run.colour), size: 4 },
  }));
  const events = data.looks.map((look, place) => {
    const chosen = data.events.filter((event) => event[2] === place);
    return {
      type: "scatter", mode: "markers", name: sayable(look.title), yaxis: "y2", legendrank: 2_000 + place,
      x: chosen.map((event) => event[0]), y: chosen.map((event) => event[1]),
      text: chosen.map(([time, at, , said]) => lines(data.rows[at], time, ...said.split(" · "))),
      hovertemplate: "%{text}<extra></extra>",
      marker: { symbol: look.shape, color: colour(look.colour), size: look.shape === "circle-open" ? 8 : 11, line: { width: 1.5, color: colour(look.shape === "circle-open" ? look.colour : "surface") } },
    };
  }).filter((trace) => trace.x.length).reverse(); // what needs attention lies on top
  const across = { gridcolor: colour("line"), zeroline: false, fixedrange: true };
  const most = Math.max(1, ...data.runs.flatMap((run) => run.values));
  const layout = {
    ...base(colour),
    height: inner + margin.t + margin.b,
    margin,
    legend: { orientation: "h", x: narrow ? -0.2 : 0, y: 1, yanchor: "bottom", font: { size: 12 } },
    xaxis: {
      type: "date", range: data.shown, minallowed: data.whole[0], maxallowed: data.whole[1],
      anchor: rows ? "y2" : "y", gridcolor: colour("line"), tickcolor: colour("line"), ticks: "outside",
      nticks: Math.max(3, Math.floor(width / 110)), tickangle: 0, hoverformat: "%Y-%m-%d",
      tickformatstops: [
        { dtickrange: [null, DAY - 1], value: "%m-%d %H:%M" },
        { dtickrange: [DAY, "M1"], value: "%Y-%m-%d" },
        { dtickrange: ["M1", null], value: "%Y-%m" },
      ],
      showspikes: true, spikemode: "across", spikesnap: "hovered data", spikethickness: 1, spikedash: "solid", spikecolor: colour("muted"),
    },
    yaxis: { ...across, domain: [1 - upper / inner, 1], range: [-most * 0.03, most * 1.06], tickvals: data.levels.map((level) => level[0]), ticktext: data.levels.map((level) => sayable(level[1])) },
    annotations: [],
  };
  if (rows) {
    layout.yaxis2 = { ...across, domain: [0, (rows * row) / inner], range: [rows - 0.5, -0.5], tickvals: data.rows.map((_, n) => n), ticktext: data.rows.map(sayable), automargin: true, griddash: "dot" };
    if (narrow) {
      layout.yaxis2.showticklabels = false;
      layout.annotations = data.rows.map((title, n) => ({ xref: "paper", x: 0, xanchor: "left", yref: "y2", y: n - 0.36, text: sayable(title), showarrow: false, font: { size: 11 } }));
    }
  }
  return { traces: [...runs, ...events], layout, axes: ["xaxis"] };
}

function network(data, width, colour) {
  const still = { visible: false, zeroline: false };
  const shadow = colour("surface");
  const spokes = data.parties.map((party) => ({
    type: "scatter", mode: "lines", x: [0, party.place[0]], y: [0, party.place[1]], hoverinfo: "skip", showlegend: false, opacity: 0.5,
    line: { color: colour(party.colour), width: party.width, dash: party.told ? "solid" : "4px,4px" },
  }));
  const dots = data.parties.map((party) => ({
    type: "scatter", mode: "markers", showlegend: false,
    x: party.dots.map((dot) => dot[0]), y: party.dots.map((dot) => dot[1]),
    text: party.dots.map(() => lines(party.title, ...party.about)),
    hovertemplate: "%{text}<extra></extra>",
    marker: { color: colour(party.colour), size: 14, line: { width: 1.5, color: shadow } },
  }));
  const own = {
    type: "scatter", mode: "markers", x: [0], y: [0], showlegend: false, text: [lines(data.centre)], hovertemplate: "%{text}<extra></extra>",
    marker: { color: colour("total"), size: 32, line: { width: 3, color: shadow } },
  };
  const label = (text, place, below, role) => ({ x: place[0], y: place[1], yshift: -below, yanchor: "middle", text: sayable(text), showarrow: false, font: { size: 12, color: colour(role) }, bgcolor: shadow, borderpad: 1, opacity: 0.92 });
  const said = data.parties.flatMap(({ title, about, place }) => [label(about[0], place, 40, "muted"), label(title, place, 24, "ink")]);
  const layout = {
    ...base(colour),
    height: Math.min(470, Math.max(360, width)),
    margin: { l: 0, r: 0, t: 4, b: 4 },
    showlegend: false,
    xaxis: { ...still, range: [-1.55, 1.55] },
    yaxis: { ...still, range: [-1.4, 1.25], scaleanchor: "x" },
    annotations: [label(data.centre, [0, 0], 27, "ink"), ...said],
  };
  return { traces: [...spokes, own, ...dots], layout, axes: ["xaxis", "yaxis"] };
}

const DRAWINGS = { timeline, network };

function prepare(box) {
  const figure = box.closest("figure");
  const button = box.querySelector(".explore-switch");
  const explored = box.querySelector(".explored");
  const chart = box.querySelector(".explored-chart");
  const failed = box.querySelector(".explore-failed");
  const [explore, plain] = [button.textContent, button.dataset.plain];
  const data = JSON.parse(box.querySelector("script").textContent);
  let drawn = null; // while it is explored: the library, the axes that move, and where they began

  const ranges = () => drawn.axes.map((axis) => {
    const { range, r2l } = chart._fullLayout[axis];
    return range.map(r2l);
  });
  const go = (to) => drawn.plotly.relayout(chart, Object.fromEntries(drawn.axes.map((axis, n) => [`${axis}.range`, to[n].map(chart._fullLayout[axis].l2r)])));
  const zoom = (factor, at = [0.5, 0.5], from = ranges()) => go(from.map(([low, high], n) => {
    const still = low + (high - low) * at[n];
    return [still + (low - still) * factor, still + (high - still) * factor];
  }));
  const shift = (x, y) => go(ranges().map(([low, high], n) => {
    const by = (high - low) * [x, y][n];
    return [low + by, high + by];
  }));
  const moves = {
    left: () => shift(-0.25, 0), right: () => shift(0.25, 0), up: () => shift(0, 0.25), down: () => shift(0, -0.25),
    in: () => zoom(0.6), out: () => zoom(1 / 0.6), all: () => go(drawn.begun),
  };

  function pinch() {
    let begun = null; // both fingers' distance, their middle on each axis, and the ranges then
    const measured = ([one, other]) => {
      const { left, top } = chart.getBoundingClientRect();
      const { xaxis, yaxis } = chart._fullLayout;
      const middle = [(one.clientX + other.clientX) / 2 - left - xaxis._offset, (one.clientY + other.clientY) / 2 - top - yaxis._offset];
      return {
        wide: Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
        at: [middle[0] / xaxis._length, 1 - middle[1] / yaxis._length],
      };
    };
    const told = (event) => {
      if (!drawn || event.touches.length !== 2) {
        begun = null;
        return;
      }
      event.preventDefault();
      event.stopPropagation(); // one finger's drag is the library's, two are ours
      const now = measured(event.touches);
      if (event.type === "touchstart") begun = { ...now, ranges: ranges() };
      else if (begun) zoom(begun.wide / now.wide, begun.at, begun.ranges);
    };
    for (const name of ["touchstart", "touchmove", "touchend"]) chart.addEventListener(name, told, { capture: true, passive: false });
  }

  async function draw(plotly) {
    const { traces, layout, axes } = DRAWINGS[box.dataset.explore](data, chart.clientWidth, colours());
    const config = { displayModeBar: false, scrollZoom: true, doubleClick: "reset", showTips: false, responsive: true };
    if (drawn) {
      for (const axis of axes) layout[axis].range = chart._fullLayout[axis].range; // as it was moved
    }
    await (drawn ? plotly.react(chart, traces, layout, config) : plotly.newPlot(chart, traces, layout, config));
    if (!drawn) {
      drawn = { plotly, axes };
      drawn.begun = ranges();
    }
  }

  function leave() {
    drawn.plotly.purge(chart);
    drawn = null;
    explored.hidden = true;
    figure.classList.remove("exploring");
    button.textContent = explore;
  }

  async function enter() {
    button.disabled = true;
    failed.textContent = "";
    try {
      const plotly = await load(box.dataset.library);
      explored.hidden = false;
      figure.classList.add("exploring");
      await draw(plotly);
      button.textContent = plain;
    } catch {
      explored.hidden = true;
      figure.classList.remove("exploring");
      failed.textContent = failed.dataset.said;
    }
    button.disabled = false;
    button.focus();
  }

  button.addEventListener("click", () => (drawn ? leave() : enter()));
  box.querySelectorAll("[data-move]").forEach((each) => each.addEventListener("click", () => moves[each.dataset.move]()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (drawn) draw(drawn.plotly); });
  pinch();
  box.hidden = false;
}

document.querySelectorAll("[data-explore]").forEach(prepare);
