"""Standards: what each check of the report asks, and where that is asked of a PD model.

The codes are stable, for reports of different years are compared by them: a check that is dropped
leaves its code unused.

======= ==============================
VAL1xx  the model itself
VAL2xx  discrimination
VAL3xx  calibration
VAL4xx  grades
VAL5xx  stability
VAL6xx  segments
VAL7xx  stress and missing streams
VAL8xx  against today's rule
VAL9xx  the tests themselves
======= ==============================
"""

from dataclasses import dataclass
from typing import Literal

from features.feature import Phrase

ECB = "ECB, validation reporting instructions, 2019"
BASEL = "Basel Committee, working paper 14, 2005"


@dataclass(frozen=True)
class Asked:
    """What a check asks, but for its bounds.

    Attributes
    ----------
    title : Phrase
    figure : str
        What the figure is.
    worse : {"above", "below"}
        On which side of its bounds a figure fails.
    source : str
    """

    title: Phrase
    figure: str
    worse: Literal["above", "below"]
    source: str


def _low(en: str, zh: str, figure: str, source: str) -> Asked:
    return Asked(Phrase(en, zh), figure, "below", source)


def _high(en: str, zh: str, figure: str, source: str) -> Asked:
    return Asked(Phrase(en, zh), figure, "above", source)


STRESS = _low("Stress", "压力测试", "mean PD under stress over mean PD now", "stated scenario")
"""What every scenario asks: stress may not make the model more confident."""

DIMENSIONS = (
    Phrase("region", "地区"),
    Phrase("size", "规模"),
    Phrase("industry", "行业"),
    Phrase("commodity", "商品"),
)
"""By what segments are made; the last digit of their codes, from 1."""

STREAMS = {
    "enterprise": "工商登记",
    "declaration": "报关",
    "document": "单证",
    "custody": "仓储监管",
    "valuation": "估值",
    "title": "货权",
    "pledge": "质押登记",
    "financing": "融资",
    "outcome": "违约与失信",
}
"""Streams that may fall silent; the last digit of their codes VAL72x and VAL73x, from 1."""


def _segments() -> dict[str, Asked]:
    asked = {}
    for place, by in enumerate(DIMENSIONS, start=1):
        asked[f"VAL60{place}"] = _low(
            f"Discrimination by {by.en}",
            f"分{by.zh}区分能力",
            "least p of a segment's AUC against the others', times their number",
            "Obuchowski 1997",
        )
        asked[f"VAL61{place}"] = _low(
            f"Calibration by {by.en}",
            f"分{by.zh}校准",
            "least Jeffreys P of a segment, times their number",
            ECB,
        )
        asked[f"VAL62{place}"] = _low(
            f"Adverse impact by {by.en}",
            f"分{by.zh}差别影响",
            "least ratio of approval rates that is beyond chance (Fisher's p); 1 if none is",
            "29 CFR 1607, four-fifths rule",
        )
    return asked


ASKED: dict[str, Asked] = {
    "VAL101": _high(
        "Suspected leaks (PD002)",
        "疑似标签泄露",
        "columns that give the label away",
        "Kaufman 2012",
    ),
    "VAL102": _high(
        "Monotone directions (PD004)",
        "单调方向",
        "steps against a declared direction",
        "docs/features.md",
    ),
    "VAL103": _high(
        "Additivity of SHAP values (PD005)",
        "SHAP 可加性",
        "largest residual in log-odds",
        "Lundberg 2020",
    ),
    "VAL104": _high(
        "Displayed points add up", "展示分数可加", "rows that do not", "training/model/points.py"
    ),
    "VAL105": _low(
        "Reason stability over refits",
        "原因稳定性",
        "median Kendall's W over all families",
        "Kendall and Babington Smith 1939",
    ),
    "VAL106": _low(
        "Overlap of the top four families",
        "前四类原因重合度",
        "mean share of families in common over pairs of refits",
        "docs/reasons.md",
    ),
    "VAL107": _high(
        "Features that no model may see",
        "禁用特征",
        "features used that are not permitted",
        "docs/features.md",
    ),
    "VAL108": _high(
        "Replication",
        "可复现性",
        "largest difference of PD after training again on the same data",
        "the model is rebuilt here",
    ),
    "VAL201": _low(
        "AUC out of time", "样本外 AUC", "lower end of the 95 % interval", "Obuchowski 1997"
    ),
    "VAL202": _low(
        "AUC against development",
        "AUC 与开发样本比较",
        "p that it has not fallen",
        f"{ECB}, 2.5.4.1",
    ),
    "VAL203": _low(
        "AUC against the core-enterprise rule",
        "AUC 与核心企业规则比较",
        "z of DeLong's test, above 0 if ours is better",
        "DeLong 1988",
    ),
    "VAL204": _low(
        "AUC against the champion",
        "AUC 与现行冠军模型比较",
        "z of DeLong's test, above 0 if this one is better",
        "DeLong 1988",
    ),
    "VAL205": _low(
        "AUC against LightGBM without directions",
        "AUC 与无约束 LightGBM 比较",
        "z of DeLong's test: the price of monotone directions",
        "DeLong 1988",
    ),
    "VAL206": _low(
        "AUC against a scorecard",
        "AUC 与 WoE 评分卡比较",
        "z of DeLong's test, above 0 if ours is better",
        "DeLong 1988",
    ),
    "VAL301": _low(
        "Jeffreys test, whole",
        "Jeffreys 检验（整体）",
        "P that the PD is enough",
        f"{ECB}, 2.5.3.1",
    ),
    "VAL302": _low(
        "Jeffreys test by grade",
        "Jeffreys 检验（分等级）",
        "least P of a grade, times their number",
        f"{ECB}, 2.5.3.1",
    ),
    "VAL303": _low("Binomial test, whole", "二项检验（整体）", "p of so many defaults", BASEL),
    "VAL304": _low(
        "Binomial test by grade",
        "二项检验（分等级）",
        "least p of a grade, times their number",
        BASEL,
    ),
    "VAL305": _low("Hosmer-Lemeshow", "Hosmer-Lemeshow 检验", "p", BASEL),
    "VAL306": _low("Spiegelhalter", "Spiegelhalter 检验", "p, two-sided", "Spiegelhalter 1986"),
    "VAL307": _high(
        "Mean PD over default rate",
        "平均 PD 与实际违约率之比",
        "ratio: above 1 the PD is prudent, far above it misprices",
        "house bound",
    ),
    "VAL401": _low(
        "Default rates rise by grade",
        "违约率随等级单调",
        "p of the order, least of neighbours times their number",
        "Fisher's exact test",
    ),
    "VAL402": _high("Concentration in grades", "等级集中度", "Herfindahl index", f"{ECB}, 2.5.5.3"),
    "VAL403": _low(
        "Growth of concentration", "集中度变化检验", "p that it has not grown", f"{ECB}, 2.5.5.3"
    ),
    "VAL404": _high(
        "Migration to riskier grades",
        "等级下迁",
        "upper matrix weighted bandwidth",
        f"{ECB}, 2.5.5.1",
    ),
    "VAL405": _high(
        "Migration to safer grades",
        "等级上迁",
        "lower matrix weighted bandwidth",
        f"{ECB}, 2.5.5.1",
    ),
    "VAL406": _low(
        "Migration falls with distance",
        "迁移矩阵稳定性",
        "least p of a cell against its neighbour, times their number",
        f"{ECB}, 2.5.5.2",
    ),
    "VAL501": _high(
        "Population stability of the score", "评分 PSI", "PSI, rule of thumb", "Siddiqi 2006"
    ),
    "VAL502": _low(
        "Population stability beyond chance",
        "评分 PSI（样本量界限）",
        "p that chance alone gives such a PSI",
        "Yurdakul 2018",
    ),
    "VAL503": _high(
        "Characteristic stability",
        "特征稳定性",
        "share of the features with a PSI of 0.25 or more",
        "Siddiqi 2006",
    ),
    "VAL504": _high(
        "Characteristic stability beyond chance",
        "特征稳定性（样本量界限）",
        "share of the features with a PSI above chi2(B-1, 0.95) (1/N + 1/M)",
        "Yurdakul 2018",
    ),
    **_segments(),
    **{
        f"VAL72{place}": _high(
            f"Without the stream {stream}",
            f"缺失“{chinese}”数据源",
            "AUC lost",
            "docs/data-dictionary.md",
        )
        for place, (stream, chinese) in enumerate(STREAMS.items(), start=1)
    },
    **{
        f"VAL73{place}": _low(
            f"Silence of the stream {stream}",
            f"“{chinese}”数据源缺失时的 PD",
            "mean PD without it over mean PD now: below 1, silence pays",
            "docs/features.md",
        )
        for place, (stream, chinese) in enumerate(STREAMS.items(), start=1)
    },
    "VAL801": _low(
        "Approvals at the rule's bad rate",
        "同等坏账率下的通过量",
        "ours over the core-enterprise rule's, lower end of the 95 % interval",
        "Siddiqi 2017, swap set",
    ),
    "VAL901": _high(
        "Size of the tests",
        "检验的实际显著性水平",
        "largest share of false alarms at 5 %",
        "10,000 simulations",
    ),
}
"""Every check but the scenarios', whose codes VAL71x stand in the settings."""
