"""The limit as an answer tells it: the amount, what decided it, and every ceiling."""

from features.feature import Phrase
from serving.limit import Circumstances, Constraint, Limit
from serving.limits.amounts import MILLION, UNKNOWN
from serving.limits.collateral import Lent
from serving.limits.eligibility import TEXTS
from serving.limits.lines import Line, Lines, Standing
from serving.limits.need import Origin
from serving.policy import Policy
from serving.scores.document import (
    Components,
    GoodsStock,
    HaircutPart,
    Ineligible,
    LimitPart,
    LinePart,
    LinesPart,
    LossPart,
    NeedPart,
)
from training.model.lgd import LossGivenDefault

_TEXTS: dict[Constraint, Phrase] = {
    "collateral": Phrase(
        "The eligible goods in custody, at their loan to value, decide the limit.",
        "额度受限于合格在库货物按质押率折算的价值。",
    ),
    "working_capital": Phrase(
        "The working-capital gap decides the limit.",
        "额度受限于营运资金缺口。",
    ),
    "expected_loss": Phrase(
        "The expected-loss budget, divided by PD and LGD, decides the limit.",
        "额度受限于预期损失预算（除以违约概率与违约损失率）。",
    ),
    "lender_cap": Phrase(
        "The lender's cap for one enterprise decides the limit.",
        "额度受限于贷款人单户授信上限。",
    ),
    "drawn": Phrase(
        "What is drawn already uses up the smallest ceiling.",
        "现有用信余额已占满可授信额度。",
    ),
    "grade": Phrase(
        "The policy takes on no new exposure in this grade.",
        "按授信政策，该信用等级不予新增授信。",
    ),
}


_STANDING: dict[Standing, Phrase] = {
    "above": Phrase(
        "With the limit drawn in full, the goods stand above the alert line.",
        "额度全额使用后，货值高于警戒线。",
    ),
    "alert": Phrase(
        "With the limit drawn in full, the goods stand below the alert line: "
        "{alert} CNY of goods are missing to it.",
        "额度全额使用后，货值低于警戒线，尚缺{alert}元，需跌价补偿。",
    ),
    "close_out": Phrase(
        "With the limit drawn in full, the goods stand below the close-out line: {alert} CNY of "
        "goods are missing to the alert line, {close_out} CNY to the close-out line.",
        "额度全额使用后，货值低于平仓线：距警戒线缺{alert}元，距平仓线缺{close_out}元。",
    ),
}
_OWN: dict[Origin, Phrase] = {
    "request": Phrase("Own funds are as the lender states.", "自有资金由贷款人填报。"),
    "policy": Phrase(
        "Own funds are not on record: {own} CNY are assumed by the policy.",
        "自有资金无记录，按授信政策假定为{own}元。",
    ),
}
_OTHER: dict[Origin, Phrase] = {
    "request": Phrase("Other funding is as the lender states.", "其他渠道资金由贷款人填报。"),
    "policy": Phrase(
        "Other funding is not on record: {other} CNY are assumed by the policy.",
        "其他渠道资金无记录，按授信政策假定为{other}元。",
    ),
}
_FEN = 100


def limit_part(limit: Limit, circumstances: Circumstances, policy: Policy) -> LimitPart:
    """Tell a limit.

    Parameters
    ----------
    limit : Limit
    circumstances : Circumstances
        That it was reckoned from.
    policy : Policy
    """
    text = _TEXTS[limit.binding]
    return LimitPart(
        amount_fen=limit.amount,
        currency=policy.currency,
        binding=limit.binding,
        binding_text_en=text.en,
        binding_text_zh=text.zh,
        expected_loss=_loss(limit, policy),
        components=Components(
            collateral_fen=limit.collateral,
            working_capital_fen=limit.working_capital,
            expected_loss_fen=limit.expected_loss,
            lender_cap_fen=limit.lender_cap,
            drawn_fen=limit.drawn,
            working_capital=_need(limit, circumstances),
            stock=tuple(_goods(lent) for lent in limit.goods.goods),
            ineligible=tuple(
                Ineligible(
                    reason=unfit.reason,
                    lots=unfit.lots,
                    value_fen=unfit.value,
                    text_en=TEXTS[unfit.reason].en,
                    text_zh=TEXTS[unfit.reason].zh,
                )
                for unfit in limit.goods.unfit
            ),
            waived=policy.eligible.waived,
        ),
        lines=_lines(limit.lines),
    )


def _need(limit: Limit, circumstances: Circumstances) -> NeedPart:
    need = limit.need
    own, other = _OWN[need.own_funds_from], _OTHER[need.other_funding_from]
    told = {"own": _yuan(need.own_funds), "other": _yuan(need.other_funding)}
    return NeedPart(
        needed_fen=need.needed,
        sales_fen=circumstances.outbound_year,
        stock_days=need.stock_days,
        receivable_days=need.receivable_days,
        payable_days=need.payable_days,
        payable_days_from=need.payable_days_from,
        cycle_days=need.cycle_days,
        share_of_sales=None if need.share_of_sales is None else _share(need.share_of_sales),
        own_funds_fen=need.own_funds,
        own_funds_from=need.own_funds_from,
        other_funding_fen=need.other_funding,
        other_funding_from=need.other_funding_from,
        existing_loans_fen=limit.drawn,
        gap_fen=limit.gap,
        assumed_en=f"{own.en} {other.en}".format(**told),
        assumed_zh=f"{own.zh}{other.zh}".format(**told),
    )


def _goods(lent: Lent) -> GoodsStock:
    cut = lent.haircut
    return GoodsStock(
        chapter=lent.goods[:2],
        hs_code=None if lent.goods == UNKNOWN else lent.goods,
        value_fen=lent.value,
        pledged_fen=lent.pledged,
        eligible_fen=lent.eligible,
        ltv=_share(lent.ltv),
        ltv_cap=_share(lent.ltv_cap),
        ltv_from=lent.ltv_from,
        haircut=HaircutPart(
            price=_share(cut.price),
            price_from=cut.price_from,
            selling_days=cut.selling_days,
            quality=_share(cut.quality),
            cost_of_sale=_share(cut.cost_of_sale),
            unpaid_tax=_share(cut.unpaid_tax),
            unpaid_tax_fen=lent.unpaid_tax,
            count_age_fen=lent.count_age,
        ),
        lending_value_fen=lent.lending_value,
    )


def _lines(lines: Lines) -> LinesPart:
    text = _STANDING[lines.standing]
    missing = {
        "alert": _yuan(lines.alert.missing),
        "close_out": _yuan(lines.close_out.missing),
    }
    return LinesPart(
        exposure_fen=lines.exposure,
        goods_fen=lines.goods,
        ltv=_share(lines.ltv),
        secured_by_fen=lines.secured_by,
        alert=_line(lines.alert),
        close_out=_line(lines.close_out),
        standing=lines.standing,
        text_en=text.en.format(**missing),
        text_zh=text.zh.format(**missing),
    )


def _line(line: Line) -> LinePart:
    return LinePart(
        fall=_share(line.fall),
        value_fen=line.value,
        headroom_fen=line.headroom,
        missing_fen=line.missing,
    )


def _share(millionths: int) -> float:
    return millionths / MILLION


def _yuan(fen: int) -> str:
    """Whole yuan, rounded up: what is missing is not told too small."""
    return f"{-(-fen // _FEN):,}"


def _loss(limit: Limit, policy: Policy) -> LossPart:
    fitted = policy.lgd if isinstance(policy.lgd, LossGivenDefault) else None
    loss = limit.loss
    return LossPart(
        pd=loss.pd,
        lgd=loss.lgd,
        lgd_from="recoveries" if fitted else "policy",
        lgd_estimate=fitted.estimate(loss.security) if fitted else None,
        secured_share=loss.security.secured,
        liquid_share=loss.security.liquid,
        controlled_share=loss.security.controlled,
        ead_fen=loss.exposure,
        expected_loss_fen=loss.amount,
    )
