"""What problem documents say, in Chinese: a phrase book from the English that errors are raised in.

Errors speak English where they are raised, and need not know who reads them. Each phrase here is
a pattern and what a banker would write for it; what the pattern leaves open (a code, a time, a
number) is taken over. A problem of which a part is not in the book stays in English as a whole.
"""

import re
from functools import lru_cache
from typing import Final

_OPEN: Final = re.compile(r"\{(\w+)\}")

TITLES: Final = {
    "Not a unified social credit code": "统一社会信用代码有误",
    "Not a time with a zone": "时间格式有误或缺少时区",
    "The as-of lies outside what can be scored": "评分时点超出可评分范围",
    "The request is not as the interface describes it": "请求不符合接口说明",
    "The body is no JSON document": "请求体不是JSON",
    "The key belongs to another request": "该幂等键已用于另一请求",
    "Being answered at this moment": "正在处理中",
    "Not found": "未找到",
    "In conflict with what is there": "与现有数据冲突",
    "No longer there": "数据已不存在",
    "The service is not ready": "服务尚未就绪",
    "The service cannot do its work now": "服务暂时无法处理",
    "A database does not answer": "数据库无响应",
    "The service failed": "服务内部错误",
    "Who asks is not known": "调用方身份不明",
    "The token does not allow this operation": "令牌无权进行该操作",
    "Too many calls": "调用过于频繁",
    "More than one call may carry": "超出单次调用上限",
    "A consent cannot end then": "信息授权到期日超出范围",
    "No such bank": "无此银行",
    "Method Not Allowed": "不支持该请求方法",
    "Not Found": "无此地址",
    "Bad Request": "请求无法读取",
    "The file cannot be read as rows to score": "文件无法读取为待评分名单",
    "No event can be delivered there": "该地址无法接收事件",
    "Several messages have this id": "有多条消息使用该编号",
    "The body cannot be read as messages": "请求体无法读取为监管消息",
    "The signature does not vouch for this body": "签名与请求体不符",
    "Not in that form": "不提供该格式",
    "A body of another form": "不接受该格式的请求体",
}

PHRASES: Final = {
    # Credit code and consent.
    "a unified social credit code (GB 32100): 18 digits and capital letters without I, O, S, V, Z, "
    "the last of which fits the others": "18位统一社会信用代码（GB 32100）：数字及大写字母"
    "（不含I、O、S、V、Z），末位为校验码",
    "compare it with the business licence": "请核对营业执照",
    "an enterprise that consented to this bank, scope and purpose": "已就该用途和范围向本行"
    "出具信息授权的企业",
    "none of the code {code}": "查无{code}",
    "check the code, or ask the enterprise for its consent": "请核对代码，或请企业出具信息授权",
    "an enterprise of which something was known at {time}": "截至{time}有监管记录的企业",
    "no message of {code}": "无{code}的任何消息",
    "check the code, or ask for a later as_of": "请核对代码，或选择更晚的时点",
    "an expires_at within the next three years": "三年以内的到期时间",
    "choose an earlier or a later day": "请选择其他到期日",
    "the name of a bank": "银行名称",
    "ask the bank for its name here": "请向银行确认其在本平台的名称",
    "the consent_id of a consent that the caller gave": "调用方本人出具的"
    "信息授权编号（consent_id）",
    "copy it from GET /v1/consents": "请从GET /v1/consents的结果中复制",
    # Times.
    "an RFC 3339 time with its zone, as 2022-12-31T00:00:00+08:00": "带时区的RFC 3339时间，"
    "如2022-12-31T00:00:00+08:00",
    "write date, T, time, and Z or an offset such as +08:00 (in a URL %2B08:00)": "请依次写明日期、"
    "T、时间，以及Z或+08:00等时差（URL中写作%2B08:00）",
    "an as-of not before {time} and not after the server's clock": "不早于{time}且不晚于"
    "服务器时间的评分时点",
    "name a time that the record can know": "请填写监管记录可覆盖的时点",
    "an as-of not before {time}": "不早于{time}的评分时点",
    "no message can be older; name a later time": "不可能有更早的消息，请选择更晚的时点",
    "an as-of not after the server's clock, {time}": "不晚于服务器时间{time}的评分时点",
    "nobody knows yet what will be known then; leave as_of out for the present": "尚无法获知未来"
    "的信息；如需当前评分，请省略as_of",
    # Scores, replays.
    "the score_id of an earlier answer": "已有评分的编号（score_id）",
    "copy it from the answer of POST /v1/scores": "请从POST /v1/scores的结果中复制",
    "an answer with a score": "已有评分的结果",
    "one of status {status}": "状态为{status}的结果",
    "see its causes and cures: they say what would make a score possible": "请查看其中的原因和"
    "补救办法，补齐数据后方可评分",
    "the feature catalogue {hash}, which the model carries": "模型随附的特征目录{hash}",
    "replay it with the version of this program that has that catalogue": "请用具有该特征目录的"
    "程序版本重算",
    "a record up to position {position}": "截至第{position}号消息的监管记录",
    "restore the record of then": "请恢复当时的监管记录",
    "model {hash} on the shelf": "模型{hash}的存档",
    "lay the model's folder on the shelf again, from the registry": "请从模型库取回该模型存档",
    "policy {hash} in the ledger": "台账中的授信政策{hash}",
    "none: the answer was given before policies were kept": "无：该评分早于授信政策留存",
    "nothing can be done for this answer": "该评分无法重算",
    "policy {hash}": "授信政策{hash}",
    "{hash}, as this version reads it": "{hash}（按本版本解读）",
    "replay it with the version of this program that gave the answer": "请用给出该评分的"
    "程序版本重算",
    # Keys, rates, tokens.
    "an idempotency key with the request that it was first sent with": "幂等键与其首次"
    "使用时的请求一致",
    "another request under this key": "同一幂等键下的另一请求",
    "send a new key with a new request": "新请求请使用新的幂等键",
    "one call at a time under an idempotency key": "同一幂等键同时只有一次调用",
    "another one that is being answered": "另一次调用正在处理",
    "send the same request again in a moment: it gives the stored answer": "请稍后重发同一请求，"
    "即可取得已存结果",
    "at most {number} rows": "至多{number}行",
    "send several batches": "请分批发送",
    "at most {number} calls a minute": "每分钟至多{number}次调用",
    "at most {number} rows a minute": "每分钟至多{number}行",
    "at most {number} tokens a minute": "每分钟至多{number}个令牌",
    "more": "超出上限",
    "try again in {seconds} s": "请在{seconds}秒后重试",
    "a body of at most {number} bytes": "不超过{number}字节的请求体",
    "a larger one": "超过上限",
    "send several requests": "请分多次发送",
    "a header Authorization: Bearer and a token": "带有令牌的Authorization: Bearer请求头",
    "none": "无",
    "ask POST /oauth/token for one": "请通过POST /oauth/token获取令牌",
    "a token of this service's issuer that is in force": "本服务签发且仍有效的令牌",
    "ask POST /oauth/token for a new one": "请通过POST /oauth/token重新获取令牌",
    "a token of the scope {scope}": "权限范围含{scope}的令牌",
    "one without it": "不含该权限的令牌",
    "ask for a token of that scope, if your role has it": "如岗位有此权限，请申请含该权限的令牌",
    "an operation that somebody may call": "开放调用的操作",
    "one closed to all": "不对外开放的操作",
    "see /docs for the others": "其他操作见/docs",
    # Portfolios.
    "the job_id of a job that was handed in": "已提交任务的编号（job_id）",
    "copy it from the answer of POST /v1/jobs": "请从POST /v1/jobs的结果中复制",
    "a job that is done": "已完成的任务",
    "one that is {status}": "状态为{status}的任务",
    "hand the file in again": "请重新提交文件",
    "ask GET /v1/jobs/{path} until its status is done": "请查询GET /v1/jobs/{path}，直至状态为done",
    "in row {row} {number} cells, as the first line has": "第{row}行与首行同为{number}列",
    "in row {row} at most {number} bytes": "第{row}行不超过{number}字节",
    "in row {row} one JSON object a line, in UTF-8": "第{row}行为一个UTF-8编码的JSON对象",
    "mend that row": "请修改该行",
    "a column {name}": "名为{name}的列",
    "name the columns in the first line, of {names}": "请在首行列明列名，可用列名：{names}",
    "whole numbers in the column {name}": "{name}列为整数",
    "texts in the column {name}": "{name}列为文本",
    "texts, or timestamps with a zone in the column {name}": "{name}列为文本或带时区的时间戳",
    "texts of at most {number} bytes": "不超过{number}字节的文本",
    "cast that column": "请转换该列的类型",
    "at most {number} bytes once unpacked": "解压后不超过{number}字节",
    "hand in several files": "请分多个文件提交",
    "hand in several": "请分多次提交",
    "a file of at most {number} bytes": "不超过{number}字节的文件",
    "a Parquet file": "Parquet文件",
    "write it anew, or hand in CSV": "请重新生成，或改交CSV文件",
    "columns of {names}, each once": "列名须在{names}之内且不重复",
    "take that column out": "请删除该列",
    "CSV in UTF-8": "UTF-8编码的CSV",
    "save the file as CSV UTF-8": "请另存为CSV UTF-8",
    "CSV (RFC 4180)": "CSV格式（RFC 4180）",
    "quote cells that hold commas, quotes or line ends": "含逗号、引号或换行的单元格请加引号",
    "at least one row": "至少一行",
    "name the enterprises to score": "请填写待评分企业",
    "at most {number} jobs that are not done": "至多{number}个未完成的任务",
    "wait until one is done": "请待其中一个完成后再提交",
    "a Content-Type of {types}": "Content-Type为{types}之一",
    "name the form of the file": "请注明文件格式",
    "an Accept of {one} or {other}": "Accept为{one}或{other}",
    "name one of them": "请注明其中之一",
    # Objections.
    "the message_id of a message about this enterprise": "有关该企业的消息编号（message_id）",
    "copy it from the messages behind a reason": "请从评分原因所附消息中复制",
    "a message_id that one message about the enterprise has": "仅对应该企业一条消息的编号",
    "name its stream": "请注明其数据来源",
    "an objection that is open": "尚未办结的异议",
    "an enterprise that does not agree may lodge another, or complain to the regulator": "企业如"
    "不认可处理结果，可再次提出异议或向监管部门投诉",
    "a fact that the enterprise does not object to yet": "企业尚未提出异议的信息",
    "look at it with GET /v1/objections": "请通过GET /v1/objections查看",
    "the objection_id of an objection that the caller may see, or settle": "调用方有权查看或处理的"
    "异议编号（objection_id）",
    "copy it from GET /v1/objections": "请从GET /v1/objections的结果中复制",
    "a message that stands": "有效的消息",
    "fewer than {number} objections that are open": "未办结的异议少于{number}件",
    "wait until some are settled, or write to the port's administrator": "请待部分异议办结后"
    "再提出，或联系港口平台管理方",
    "one that its provider has reversed": "报送方已冲销的消息",
    "nothing is left to object to: it counts no more": "该消息已不计入，无需再提异议",
    # Webhooks.
    "a URL as https://bank.example/events": "形如https://bank.example/events的地址",
    "a URL without a user, a password or a fragment": "不含用户名、密码及片段的地址",
    "a URL in ASCII without spaces": "不含空格的ASCII地址",
    "a port up to 65535": "不大于65535的端口",
    "an endpoint at a public address": "公网地址上的接收端",
    "name another, or ask the operator": "请更换地址，或联系平台运营方",
    "name an endpoint that takes events": "请填写可接收事件的地址",
    "the webhook_id of an endpoint that was registered": "已登记接收端的编号（webhook_id）",
    "copy it from GET /v1/webhooks": "请从GET /v1/webhooks的结果中复制",
    "the delivery_id of an event that was to be delivered": "待送达事件的编号（delivery_id）",
    "copy it from GET /v1/webhooks/{path}/deliveries": "请从GET /v1/webhooks/{path}/deliveries"
    "的结果中复制",
    "at most {number} endpoints": "至多{number}个接收端",
    "delete one of them": "请先删除其中之一",
    "an endpoint that is told of events": "正在接收事件的接收端",
    "one that is disabled ({why})": "已停用的接收端（{why}）",
    "register it anew": "请重新登记",
    "a service that gives tokens itself": "自行签发令牌的服务",
    "call without a token": "请不带令牌调用",
    "ask that issuer": "请向该签发方申请",
    # The form of a request.
    "a JSON document as body": "JSON格式的请求体",
    "{error} at character {place}": "第{place}个字符处：{error}",
    "send valid JSON in UTF-8": "请发送有效的UTF-8编码JSON",
    "a JSON document in UTF-8": "UTF-8编码的JSON",
    "send valid JSON": "请发送有效的JSON",
    "{at} as the interface describes it": "{at}符合接口说明",
    "send the body with Content-Type: application/json": "发送请求体时请注明Content-Type: "
    "application/json",
    "compare the request with the example at /docs": "请对照/docs中的示例",
    "{methods} at this path": "该地址支持{methods}",
    "use the method that /docs shows": "请使用/docs所示的请求方法",
    "a path of the interface": "接口中的地址",
    "see /docs for all paths": "全部地址见/docs",
    # The service itself.
    "a record, a champion that fits its features, and a ledger": "监管记录、与特征"
    "相符的冠军模型及台账",
    "see /readyz, mend what it names, then try again": "请查看/readyz，排除所列问题后重试",
    "the record and the ledger to work": "监管记录与台账正常工作",
    "try again in a while": "请稍后重试",
    "a database that answers": "数据库正常响应",
    "try again in a while; see /readyz": "请稍后重试，详见/readyz",
    "an answer": "正常应答",
    "a fault of the service's own": "服务自身故障",
    "report incident {incident}: the service's log tells more under this number": "请报告事件编号"
    "{incident}，服务日志中有该编号的详情",
}

FAULTS: Final = {
    "Field required": "缺少必填项",
    "Extra inputs are not permitted": "不接受该项",
    "Input should be a valid string": "应为字符串",
    "Input should be a valid integer": "应为整数",
    "Input should be a valid dictionary or object to extract fields from": "应为JSON对象",
    "Input should be a valid list": "应为数组",
    "Input should be greater than or equal to {bound}": "不得小于{bound}",
    "Input should be less than or equal to {bound}": "不得大于{bound}",
    "String should match pattern '{pattern}'": "应符合格式{pattern}",
    "List should have at least {number} item after validation, not {found}": "至少{number}项",
    "List should have at most {number} items after validation, not {found}": "至多{number}项",
}
"""What is said of single fields; others stay as they are."""


@lru_cache(maxsize=8)
def _patterns(book: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    phrases = {"phrases": PHRASES, "faults": FAULTS}[book]
    # What leaves least open is tried first.
    order = sorted(phrases, key=lambda english: -len(_OPEN.sub("", english)))
    return tuple((_pattern(english), phrases[english]) for english in order)


def _pattern(english: str) -> re.Pattern[str]:
    parts = _OPEN.split(english)
    text = "".join(
        f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(text, re.DOTALL)


def in_chinese(english: str, book: str = "phrases") -> str | None:
    """A phrase in Chinese; None where the book does not have it.

    Examples
    --------
    >>> in_chinese("try again in 7 s")
    '请在7秒后重试'
    """
    for pattern, chinese in _patterns(book):
        if found := pattern.fullmatch(english):
            return chinese.format(**found.groupdict())
    return None
