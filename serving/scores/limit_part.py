"""The limit as an answer tells it: the amount, what decided it, and every ceiling."""

from features.feature import Phrase
from serving.limit import Circumstances, Constraint, Limit, collateral
from serving.policy import Policy
from serving.scores.document import ChapterStock, Components, LimitPart, LossPart
from training.model.lgd import LossGivenDefault

_TEXTS: dict[Constraint, Phrase] = {
    "collateral": Phrase(
        "The goods in custody, less pledges, at their loan to value decide the limit.",
        "额度受限于在库货物扣除已质押部分后按质押率折算的价值。",
    ),
    "working_capital": Phrase(
        "The need of working capital, a share of the year's sales, decides the limit.",
        "额度受限于按近一年销售货值测算的营运资金需求。",
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
            stock=tuple(
                ChapterStock(
                    chapter=goods.chapter,
                    value_fen=goods.value,
                    pledged_fen=goods.pledged,
                    ltv=float(policy.ltv_of(goods.chapter)),
                    lending_value_fen=collateral([goods], policy),
                )
                for goods in circumstances.stock
            ),
        ),
    )


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
