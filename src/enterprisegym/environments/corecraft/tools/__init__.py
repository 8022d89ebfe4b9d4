"""Corecraft's 23 tools."""

from enterprisegym.environments.corecraft.tools.catalog import getProduct, searchBuilds, searchProducts
from enterprisegym.environments.corecraft.tools.diagnose import (
    calculatePrice,
    checkWarrantyStatus,
    validateBuildCompatibility,
)
from enterprisegym.environments.corecraft.tools.library import searchKnowledgeBase, searchPolicies, searchPromotions
from enterprisegym.environments.corecraft.tools.orders import (
    getOrderDetails,
    searchOrders,
    searchShipments,
    updateOrderStatus,
)
from enterprisegym.environments.corecraft.tools.payments import createRefund, processReturn, searchPayments
from enterprisegym.environments.corecraft.tools.people import searchCustomers, searchEmployees
from enterprisegym.environments.corecraft.tools.tickets import (
    createEscalation,
    createResolution,
    getCustomerTicketHistory,
    searchTickets,
    updateTicketStatus,
)
from enterprisegym.tools import Toolbox

TOOLBOX = Toolbox(
    (
        searchCustomers,
        searchOrders,
        getOrderDetails,
        searchProducts,
        getProduct,
        searchBuilds,
        searchTickets,
        getCustomerTicketHistory,
        searchPayments,
        searchShipments,
        searchEmployees,
        searchKnowledgeBase,
        searchPolicies,
        searchPromotions,
        validateBuildCompatibility,
        checkWarrantyStatus,
        calculatePrice,
        updateTicketStatus,
        updateOrderStatus,
        processReturn,
        createRefund,
        createEscalation,
        createResolution,
    )
)
