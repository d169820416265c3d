"""A comparison as one page of HTML that a manager can read, offline. Needs the extra `report`."""

from marl_routing.report.material import Material
from marl_routing.report.page import report_page, require_libraries
from marl_routing.report.series import RECORDED

__all__ = ["RECORDED", "Material", "report_page", "require_libraries"]
