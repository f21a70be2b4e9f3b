"""Wording of a report on a table of a bank's own."""

from features.feature import Phrase
from training.report.master_scale import MasterScale
from training.report.wording import Wording
from training.table_experiment import FOLDS
from training.table_run import TableRun

_NUMBERS_ZH = {5: "五", 6: "六"}


def table_wording(run: TableRun, scale: MasterScale, sampled: Phrase) -> Wording:
    """Speak of rows or groups, out of time or out of fold.

    Parameters
    ----------
    run : TableRun
    scale : MasterScale
        Grades.
    sampled : Phrase
        Which checks take only some of the rows; may be empty.
    """
    single, timed = run.group is None, run.time is not None
    if single:
        one, many, counter = Phrase("row", "样本"), "rows", "个"
    else:
        one, many, counter = Phrase("group", "分组"), "groups", "个"
    return Wording(
        one=one,
        many=many,
        counter=counter,
        single=single,
        tested=(
            Phrase("out of time", "样本外时间窗口") if timed else Phrase("out of fold", "折外样本")
        ),
        how=_how(run),
        basis=_basis(run, timed, scale, sampled),
        within=Phrase("", ""),
        whole=Phrase("", ""),
        shown="rows drawn from the table",
    )


def _how(run: TableRun) -> Phrase:
    folds_zh, blocks_zh = _NUMBERS_ZH[FOLDS], _NUMBERS_ZH[FOLDS + 1]
    if run.time is not None:
        apart = "" if run.group is None else f", no {run.group} on both sides"
        apart_zh = "" if run.group is None else f"，同一 {run.group} 不跨两侧"
        return Phrase(
            f"out of time, on the last of {FOLDS + 1} blocks of {run.time}{apart}",
            f"按 {run.time} 分为{blocks_zh}段，以最后一段为样本外时间窗口{apart_zh}",
        )
    if run.group is not None:
        return Phrase(
            f"out of fold, in {FOLDS} folds that keep each {run.group} whole",
            f"采用{folds_zh}折交叉验证，同一 {run.group} 不跨折",
        )
    return Phrase(
        f"out of fold, in {FOLDS} folds dealt by chance",
        f"采用{folds_zh}折交叉验证，随机划分",
    )


def _basis(run: TableRun, timed: bool, scale: MasterScale, sampled: Phrase) -> Phrase:
    """What a default is, what is judged, what cannot be, and by which grades."""
    en = [
        f"A default is a row with {run.target} = 1.",
        "The version itself is fitted on all rows; judged are models of the same recipe on rows "
        "that neither they nor their calibration had seen.",
    ]
    zh = [
        f"违约指 {run.target} = 1 的样本。",
        "本版本以全部样本拟合；检验对象为同一方法在交叉验证中所得模型，被检验样本未参与其拟合与校准。",
    ]
    if not timed:
        en.append(
            "Rows of one time agree in their level: only a time column would put the mean PD to "
            "the test."
        )
        zh.append("样本同属一个时期，PD 平均水平必然接近实际违约率；须指定时间列方能真正检验。")
    en.append(f"Grades are {scale.source.en}.")
    zh.append(f"等级划分：{scale.source.zh}。")
    return Phrase(" ".join([*en, sampled.en]).strip(), "".join([*zh, sampled.zh]))
